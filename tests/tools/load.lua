-- A minute of load on nginx, over every page, feed and picture of the site in turn; zero errors are expected.
--
-- On Debian, after `make html` and `apt-get install nginx-light wrk`, in the folder of the publication:
--
--   PYTHONPATH=_ext .venv/bin/python -m insights nginx _build/html --listen 127.0.0.1:8472 > _build/site.conf
--   printf 'daemon off; pid nginx.pid; worker_processes auto; error_log stderr;
--     events { worker_connections 1024; }
--     http { include /etc/nginx/mime.types; access_log off; include site.conf; }' > _build/nginx.conf
--   /usr/sbin/nginx -e stderr -p "$PWD/_build/" -c nginx.conf & sleep 1
--   wrk --threads 2 --connections 64 --duration 60s --latency --script tests/tools/load.lua http://127.0.0.1:8472
--   kill %1
--
-- wrk says nothing of errors where there were none: lines with "Socket errors" or "Non-2xx" are faults.

local targets = {}

-- What is no address: the page of an error, compressed copies, what is written for other hosts.
local function unsent(path)
  return path == "/404.html" or path:match("%.gz$") or path:match("%.br$") or path:match("^/_%l+$")
end

function init()
  local digests = assert(io.open("_build/html.sha256"))
  for line in digests:lines() do
    local path = line:match("^%x+  html(/.*)$")
    if path and not unsent(path) then
      targets[#targets + 1] = path:gsub("index%.html$", "")
    end
  end
  math.randomseed(1)
end

function request()
  return wrk.format("GET", targets[math.random(#targets)], { ["Accept-Encoding"] = "gzip" })
end
