-- wrk -s wrk.lua URL -- METHOD [NAME VALUE]... <BODY
--
-- One request over and over: method and header fields from the command line, the body from standard input. There is no
-- function `request` here, so that wrk composes it once; `done` prints the figures on one line.

function init(args)
    wrk.method = args[1]
    for i = 2, #args, 2 do
        wrk.headers[args[i]] = args[i + 1]
    end
    local body = io.read("*a")
    if #body > 0 then
        wrk.body = body
    end
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        'figures {"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,'
            .. '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
