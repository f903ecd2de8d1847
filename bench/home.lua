-- The home page of a signed-in member, drawn at random.
math.randomseed(os.time() * 1000 + math.floor(os.clock() * 1e6)); for i = 1, 20 do math.random() end
local sessions = {}
for line in io.lines(os.getenv('WSESSIONS')) do sessions[#sessions + 1] = line end
request = function()
  return wrk.format('GET', '/', { ['Cookie'] = 'sessionid=' .. sessions[math.random(1, #sessions)], ['X-Forwarded-Proto'] = 'https' })
end
local refused = 0
response = function(status) if status ~= 200 then refused = refused + 1 end end
done = function(s, l, r) io.write(string.format('RES %d %d %d %.3f %.3f %.3f\n', s.requests, s.duration, s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000, l.max / 1000)) end
