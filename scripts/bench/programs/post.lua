-- wrk -s post.lua URL -- BYTES: each request is a POST with a body of so many bytes.
function init(args)
	wrk.method = "POST"
	wrk.headers["Content-Type"] = "application/json"
	wrk.body = string.rep("x", tonumber(args[1]))
	request = wrk.format()
end
