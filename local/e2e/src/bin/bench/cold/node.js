// A function with one AWS client and nothing else: it asks for work, and answers with the question.
const http = require("node:http");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");

const client = new DynamoDBClient({});
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });

function ask(method, path, body, then) {
  const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` }, (answer) => {
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => then(answer.headers, Buffer.concat(parts)));
  });
  request.end(body);
}

function work() {
  ask("GET", "next", undefined, (headers, payload) => {
    ask("POST", `${headers["lambda-runtime-aws-request-id"]}/response`, payload, work);
  });
}

if (client) work();
