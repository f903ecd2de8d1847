"""Pure: colours as people see them (OKLCH), and how well one can be read on another (WCAG's contrast)."""

from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, degrees, hypot, radians, sin

Linear = tuple[float, float, float]

_CHROMA_STEPS = 40


@dataclass(frozen=True, slots=True)
class Colour:
    """Lightness from 0 to 1, chroma, and hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def of(cls, text: str) -> "Colour":
        """The colour that #rrggbb names."""
        red, green, blue = (_linear(int(text[at : at + 2], 16) / 255) for at in (1, 3, 5))
        long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
        medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
        short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
        a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
        b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
        lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
        return cls(lightness, hypot(a, b), degrees(atan2(b, a)) % 360)

    def at(self, lightness: float, *, most_chroma: float = 1.0) -> "Colour":
        """The same hue, lighter or darker."""
        return Colour(min(1.0, max(0.0, lightness)), min(self.chroma, most_chroma), self.hue)

    @property
    def text(self) -> str:
        """#rrggbb: what a screen can't show is shown less vivid."""
        return "#" + "".join(f"{round(_encoded(part) * 255):02x}" for part in _on_screen(self))

    @property
    def luminance(self) -> float:
        """How bright it is, by WCAG; of the colour as a screen shows it."""
        red, green, blue = (_linear(int(self.text[at : at + 2], 16) / 255) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's contrast ratio of two colours, from 1 to 21."""
    brighter, darker = sorted((one.luminance, other.luminance), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def _on_screen(colour: Colour) -> Linear:
    shown: Linear = (0.0, 0.0, 0.0)
    for step in range(_CHROMA_STEPS + 1):
        shown = _mixed(colour, colour.chroma * (1 - step / _CHROMA_STEPS))
        if all(-1e-4 <= part <= 1 + 1e-4 for part in shown):
            break
    return tuple(min(1.0, max(0.0, part)) for part in shown)  # type: ignore[return-value]


def _mixed(colour: Colour, chroma: float) -> Linear:
    a, b = chroma * cos(radians(colour.hue)), chroma * sin(radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)
