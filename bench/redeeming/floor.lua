-- A redemption of the floor's: a member drawn at random, a key never used before. Members who have too few points do not
-- occur: each begins with about 50 lots of 100 points.
math.randomseed(os.time() * 1000 + math.floor(os.clock() * 1e6)); for i = 1, 20 do math.random() end
local members = tonumber(os.getenv('WMEMBERS') or '1000')
local function hex(n) return string.format('%0' .. n .. 'x', math.random(0, 16 ^ n - 1)) end
request = function()
  local key = hex(8) .. '-' .. hex(4) .. '-4' .. hex(3) .. '-8' .. hex(3) .. '-' .. hex(6) .. hex(6)
  return wrk.format('POST', wrk.path, { ['Content-Type'] = 'application/json' },
    string.format('{"member":%d,"reward":1,"key":"%s"}', math.random(1, members), key))
end
done = function(s, l, r) io.write(string.format('RES %d %d %d %.3f %.3f %.3f\n', s.requests, s.duration, s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000, l.max / 1000)) end
