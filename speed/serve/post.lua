-- wrk: posts the bodies of a file, one a line, in turn. The first row's id is new in every request, so that none is a repeat.
local heads, tails = {}, {}
for line in io.lines(os.getenv("BODIES")) do
  local _, last = line:find("\"id\": *\"")
  heads[#heads + 1] = line:sub(1, last)
  tails[#tails + 1] = line:sub(last + 1)
end
local headers = { ["Content-Type"] = "application/json" }
local path = os.getenv("TARGET") or "/v1/rewards"
local mark = (os.getenv("MARK") or "") .. "-"
local at = 0
local sent = 0

function request()
  at = at % #heads + 1
  sent = sent + 1
  return wrk.format("POST", path, headers, heads[at] .. mark .. sent .. "-" .. tails[at])
end

function done(summary, latency)
  io.write(string.format('\nRESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
