/* The builder of a segment's conditions. What is sent is the JSON in the textarea, which the builder keeps up to date;
   what it means, what is wrong with it and who meets it, the site says. Native controls only, so that keyboards, phones
   and screen readers work as they do everywhere. */
"use strict";

(() => {
  const PATIENCE_MS = 400;

  function element(tag, properties, ...children) {
    const { label, ...rest } = properties || {};
    const made = Object.assign(document.createElement(tag), rest);
    if (label) made.setAttribute("aria-label", label);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  class Builder {
    constructor(root) {
      this.root = root;
      this.area = root.querySelector("textarea");
      this.catalogue = JSON.parse(root.querySelector("script").textContent);
      this.words = this.catalogue.words;
      this.shapes = Object.fromEntries(this.catalogue.abouts.map((shape) => [shape.about, shape]));
      this.place = root.querySelector(".conditions-builder");
      this.told = root.querySelector(".conditions-told");
      this.notes = new Map();
      this.isAsking = this.isBehind = false;
      this.tree = this.understood();
      if (!this.tree) return; // nothing that the builder could show: the text stays open to be put right
      root.querySelector(".conditions-source").hidden = true;
      this.place.hidden = false;
      this.draw();
      this.read();
    }

    understood() {
      try {
        const tree = JSON.parse(this.area.value);
        return this.isGroup(tree) ? tree : null;
      } catch {
        return null;
      }
    }

    isGroup(part) {
      const isPart = (each) => each && (each.parts ? this.isGroup(each) : each.about in this.shapes);
      return Boolean(part) && Array.isArray(part.parts) && part.parts.every(isPart);
    }

    /* Draw it all anew, and give the focus back to the control of that id. */
    draw(focus) {
      this.notes.clear();
      this.place.replaceChildren(this.group(this.tree, "", 1, null));
      if (focus) document.getElementById(focus)?.focus();
    }

    changed(focus) {
      if (focus !== undefined) this.draw(focus);
      this.area.value = JSON.stringify(this.tree);
      this.area.dispatchEvent(new Event("input", { bubbles: true }));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.read(), PATIENCE_MS);
    }

    group(group, place, depth, remove) {
      const id = `conditions-${place || "all"}`;
      const parts = group.parts.map((part, index) => {
        const at = place ? `${place}.${index + 1}` : String(index + 1);
        const taken = () => {
          group.parts.splice(index, 1);
          this.changed(`${id}-add`);
        };
        return element("li", {}, part.parts ? this.group(part, at, depth + 1, taken) : this.test(part, at, taken));
      });
      const add = (part, suffix) => {
        group.parts.push(part);
        this.changed(`conditions-${place ? `${place}.` : ""}${group.parts.length}-${suffix}`);
      };
      const buttons = element("div", { className: "conditions-buttons" },
        this.button(this.words.add, `${id}-add`, () => add(this.fresh("purchases"), "about")),
        depth < this.catalogue.deepest
          ? this.button(this.words.add_group, `${id}-group`, () =>
              add({ join: "any", parts: [this.fresh("purchases")] }, "join"))
          : null,
        remove ? this.button(this.words.remove, `${id}-remove`, remove, `${this.words.remove}: ${this.words.group} ${place}`) : null);
      const head = element("div", { className: "conditions-row" },
        remove || group.is_not ? this.matches(group, id) : null, // not this one but that one: nobody means all of it
        this.select(`${id}-join`, this.words.join, [["all", this.words.all], ["any", this.words.any]], group.join,
          (value) => { group.join = value; this.changed(); }));
      return element("fieldset", { className: "conditions-group" },
        element("legend", { className: "board-hidden" }, `${this.words.group} ${place}`.trim()),
        head, element("ol", {}, ...parts), this.note(place), buttons);
    }

    test(test, place, remove) {
      const row = element("div", { className: "conditions-row" });
      const controls = () => this.controls(test, place, remove, (control) => {
        // What stands before it stays as it is, so that nobody is stopped in the middle of typing.
        const whole = control.closest(".conditions-row > *");
        while (whole.nextSibling) whole.nextSibling.remove();
        row.append(...controls().slice(row.children.length));
        this.changed();
      });
      row.append(...controls());
      const whole = element("div", { className: "conditions-test", label: `${this.words.condition} ${place}` }, row, this.note(place));
      whole.setAttribute("role", "group");
      return whole;
    }

    /* The controls of a test, in their order. REDO draws those after one of them anew. */
    controls(test, place, remove, redo) {
      const id = `conditions-${place}`;
      const shape = this.shapes[test.about];
      const how = shape.hows.find((each) => each.how === test.how) || shape.hows[0];
      test.how = how.how;
      const about = element("select", { id: `${id}-about`, className: this.catalogue.look.select }, ...this.abouts(test.about));
      about.addEventListener("change", () => {
        for (const key of Object.keys(test)) if (key !== "is_not") delete test[key];
        Object.assign(test, this.fresh(about.value));
        redo(about);
      });
      const found = [this.matches(test, id), this.labelled(this.words.about, about)];
      if (shape.hows.length > 1) {
        const hows = shape.hows.map((each) => [each.how, each.title]);
        found.push(this.select(`${id}-how`, this.words.how, hows, test.how, (value, control) => {
          test.how = value;
          redo(control);
        }));
      }
      for (const name of this.taken(test, how)) found.push(this.control(test, name, shape, id, redo));
      found.push(this.button(this.words.remove, `${id}-remove`, remove, `${this.words.remove}: ${this.words.condition} ${place}`));
      return found;
    }

    abouts(chosen) {
      const topics = [...new Set(this.catalogue.abouts.map((each) => each.topic))];
      return topics.map((topic) => {
        const options = this.catalogue.abouts
          .filter((each) => each.topic === topic)
          .map((each) => element("option", { value: each.about, selected: each.about === chosen }, each.title));
        const made = element("optgroup", {}, ...options);
        made.label = topic;
        return made;
      });
    }

    taken(test, how) {
      const periods = { last: ["days"], between: ["since", "until"] };
      return how.takes.flatMap((name) => name === "period" ? ["period", ...(periods[test.period] || [])] : [name]);
    }

    fresh(about) {
      const how = this.shapes[about].hows[0];
      const values = { number: 1, amount: "100", days: 30, period: "ever", codes: [], name: "" };
      const test = { about, how: how.how };
      for (const name of how.takes) if (name in values) test[name] = values[name];
      return test;
    }

    control(test, name, shape, id, redo) {
      const words = this.words[name];
      if (name === "period") {
        return this.select(`${id}-period`, words, Object.entries(this.catalogue.periods), test.period || "ever", (value, control) => {
          test.period = value;
          redo(control);
        });
      }
      if (["codes", "stores", "categories"].includes(name)) {
        return this.choices(test, name, this.catalogue.choices[name === "codes" ? shape.codes : name] || [], id);
      }
      const kinds = { number: "number", days: "number", since: "date", until: "date" };
      if (name === "days" && !test.days) test.days = 30;
      if (name === "number" && test.number === undefined) test.number = 1;
      const input = element("input", {
        id: `${id}-${name}`, type: kinds[name] || "text", value: test[name] ?? "", className: this.catalogue.look.input,
      });
      if (name === "amount") input.inputMode = "decimal";
      if (kinds[name] === "number") Object.assign(input, { min: name === "days" ? "1" : "0", step: "1", inputMode: "numeric" });
      input.addEventListener("input", () => {
        if (input.value === "" && kinds[name] === "date") delete test[name];
        else test[name] = kinds[name] === "number" && input.value !== "" ? Number(input.value) : input.value;
        this.changed();
      });
      return this.labelled(words, input, `conditions-${name}`);
    }

    choices(test, name, offered, id) {
      const boxes = offered.map(([code, title], index) => {
        const box = element("input", {
          type: "checkbox", id: `${id}-${name}-${index}`, checked: (test[name] || []).includes(code),
        });
        box.addEventListener("change", () => {
          const others = (test[name] || []).filter((each) => each !== code);
          test[name] = box.checked ? [...others, code] : others;
          this.changed();
        });
        return element("label", { className: "conditions-choice" }, box, element("span", {}, title));
      });
      const inner = boxes.length ? element("div", {}, ...boxes) : element("p", {}, this.words.none);
      if (name === "codes") {
        return element("fieldset", { className: "conditions-choices" }, element("legend", {}, this.words[name]), inner);
      }
      // Which is rarely needed stays folded until it is.
      const folded = element("details", { className: "conditions-choices", open: Boolean((test[name] || []).length) });
      const group = element("div", { label: this.words[name] }, inner);
      group.setAttribute("role", "group");
      folded.append(element("summary", { id: `${id}-${name}` }, this.words[name]), group);
      return folded;
    }

    matches(part, id) {
      return this.select(`${id}-match`, this.words.match, [["", this.words.is], ["not", this.words.is_not]],
        part.is_not ? "not" : "", (value) => {
          if (value) part.is_not = true;
          else delete part.is_not;
          this.changed();
        });
    }

    select(id, words, options, value, changed) {
      const made = element("select", { id, className: this.catalogue.look.select },
        ...options.map(([code, title]) => element("option", { value: code, selected: code === value }, title)));
      made.addEventListener("change", () => changed(made.value, made));
      return this.labelled(words, made);
    }

    labelled(words, control, extra = "") {
      const label = element("label", { htmlFor: control.id }, words);
      return element("div", { className: `conditions-label ${extra}`.trim() }, label, control);
    }

    button(words, id, pressed, label) {
      const made = element("button", { type: "button", id, className: "conditions-button", label }, words);
      made.addEventListener("click", pressed);
      return made;
    }

    note(place) {
      const made = element("p", { className: "conditions-problem", hidden: true });
      made.setAttribute("role", "alert");
      this.notes.set(place, made);
      return made;
    }

    /* One question at a time, however fast somebody types: what changed meanwhile is asked afterwards. */
    async read() {
      this.isBehind = true;
      if (this.isAsking) return;
      this.isAsking = true;
      while (this.isBehind) {
        this.isBehind = false;
        await this.tell();
      }
      this.isAsking = false;
    }

    /* The sentence first, which is quick; then who meets it. */
    async tell() {
      const [sentence, count, sample] = this.told.children;
      try {
        const said = await this.ask(false);
        this.complain(said.problems);
        this.told.hidden = said.problems.length > 0;
        sentence.textContent = said.sentence;
        count.textContent = this.words.counting;
        sample.replaceChildren();
        if (said.problems.length || this.isBehind) return;
        const found = await this.ask(true);
        if (this.isBehind) return;
        count.textContent = found.shown || found.problems.map(([, reason]) => reason).join(" ");
        sample.replaceChildren(...(found.sample || []).map((member) =>
          element("li", {}, element("a", { href: member.url }, member.name), ` ${member.number}`)));
      } catch {
        count.textContent = this.words.unreachable;
      }
    }

    complain(problems) {
      for (const note of this.notes.values()) {
        note.hidden = true;
        note.textContent = "";
      }
      for (const [place, reason] of problems) {
        const note = this.notes.get(place) || this.notes.get("");
        note.hidden = false;
        note.textContent = `${note.textContent} ${reason}`.trim();
      }
    }

    async ask(withCount) {
      const body = new FormData();
      body.set("conditions", this.area.value);
      if (withCount) body.set("count", "1");
      const token = this.area.form.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(this.root.dataset.read, { method: "POST", body, headers: { "X-CSRFToken": token } });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }
  }

  for (const root of document.querySelectorAll("[data-conditions]")) new Builder(root);
})();
