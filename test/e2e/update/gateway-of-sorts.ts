/**
 * `node gateway-of-sorts.ts FLEET TELEMETRY PARTS`: a gateway of sorts as a process, for a network of its own. It says its address
 * and pins on standard output, and answers nobody between SIGUSR1 and SIGUSR2.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startGitServer } from '../../../lab/rig/git-server.ts';

const [fleet = '', telemetry = '', parts = ''] = process.argv.slice(2);
const server = await startGitServer({ fleet, telemetry });
const look = (): void => {
  for (const name of readdirSync(parts))
    server.files.set(`/agents/sha256/${name}`, readFileSync(path.join(parts, name)));
};
process.on('SIGHUP', () => {
  look();
  server.hint();
});
process.on('SIGUSR1', () => {
  server.down = true;
});
process.on('SIGUSR2', () => {
  server.down = false;
  server.hint();
});
look();
console.log(JSON.stringify(server.gateway));
