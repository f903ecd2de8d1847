-- The standard purchase: three lines, a member drawn at random, a receipt number never used before.
math.randomseed(os.time() * 1000 + math.floor(os.clock() * 1e6)); for i = 1, 20 do math.random() end
local run = tostring(os.time()) .. '-' .. math.random(1, 999999999) .. '-'
local members = tonumber(os.getenv('WMEMBERS') or '1000')
local numbers = {}
for line in io.lines(os.getenv('WNUMBERS')) do numbers[#numbers + 1] = line end
local n = 0
request = function()
  n = n + 1
  local one, two, three = math.random(100, 4000), math.random(100, 4000), math.random(100, 4000)
  local body = string.format(
    '{"receipt":"%s%d","occurred_at":"%s","currency":"GBP","member":{"number":"%s"},"total":"%.2f","lines":[' ..
    '{"sku":"TEA-1","name":"Green tea","category":"tea","quantity":"1","amount":"%.2f"},' ..
    '{"sku":"GIFT-2","name":"Lantern","category":"gift","quantity":"2","amount":"%.2f"},' ..
    '{"sku":"POST","name":"Postage","category":"service","quantity":"1","amount":"%.2f"}]}',
    run, n, os.date('!%Y-%m-%dT%H:%M:%SZ'), numbers[math.random(1, #numbers)],
    (one + two + three) / 100, one / 100, two / 100, three / 100)
  return wrk.format('POST', '/api/v1/purchases', {
    ['Content-Type'] = 'application/json', ['Authorization'] = 'Bearer ' .. os.getenv('WKEY'),
    ['Idempotency-Key'] = run .. n, ['X-Forwarded-Proto'] = 'https' }, body)
end
done = function(s, l, r) io.write(string.format('RES %d %d %d %.3f %.3f %.3f\n', s.requests, s.duration, s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000, l.max / 1000)) end
