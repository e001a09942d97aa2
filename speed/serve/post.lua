-- wrk: posts the bodies of a file, one a line, in turn; every thread starts at another place.
local bodies = {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
local at = 0
local started = 0
function setup(thread)
  thread:set("offset", started)
  started = started + 1
end
function init()
  at = (offset or 0) * 37
end
function request()
  at = at % #bodies + 1
  return wrk.format("POST", os.getenv("TARGET") or "/v1/rewards", { ["Content-Type"] = "application/json" }, bodies[at])
end
function done(summary, latency)
  io.write(string.format('\nRESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
