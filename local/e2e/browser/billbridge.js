// The program under test: the demonstration left running, and links to sign in with.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts `billbridge demo --serve` on a port of its own choice and waits until it says where it is. */
export async function start(binary) {
  const process_ = spawn(binary, ["--json", "demo", "--serve", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => process_.once("exit", resolve));
  let told = "";
  process_.stderr.on("data", (chunk) => (told = (told + chunk).slice(-4000)));
  const lines = createInterface({ input: process_.stdout });
  const serving = await Promise.race([
    (async () => {
      for await (const line of lines) {
        if (!line.startsWith("{")) continue;
        const said = JSON.parse(line);
        if (said.serving) return said;
      }
      throw new Error("it ended without serving");
    })(),
    ended.then((code) => {
      throw new Error(`billbridge ended with ${code}:\n${told}`);
    }),
  ]);
  // Nobody reads on: what it says from now on must not fill the pipe.
  process_.stdout.resume();
  return {
    url: serving.serving,
    signIn: serving.signIn,
    log: () => told,
    stop: async () => {
      process_.kill("SIGTERM");
      return ended;
    },
  };
}
