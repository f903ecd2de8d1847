-- A redemption by the QR code on the member's phone: each code is taken once, so each member comes once.
local run = tostring(os.time()) .. '-'
local shown = {}
for line in io.lines(os.getenv('WSHOWN')) do shown[#shown + 1] = line end
local n = 0
request = function()
  n = n + 1
  if not shown[n] then error('Each member comes once: take more members, or fewer seconds') end
  return wrk.format('POST', '/api/v1/redemptions', {
    ['Content-Type'] = 'application/json', ['Authorization'] = 'Bearer ' .. os.getenv('WKEY'),
    ['Idempotency-Key'] = run .. n, ['X-Forwarded-Proto'] = 'https' },
    '{"reward":"mug","proof":{"kind":"qr","value":"' .. shown[n] .. '"}}')
end
done = function(s, l, r) io.write(string.format('RES %d %d %d %.3f %.3f %.3f\n', s.requests, s.duration, s.errors.connect + s.errors.read + s.errors.write + s.errors.status + s.errors.timeout, l:percentile(50) / 1000, l:percentile(99) / 1000, l.max / 1000)) end
