/**
 * `npm run receivers -- [NAME…]`: makes real receivers that no Debian package has ready, once, in a cache folder outside of
 * the repository. Tests make what they need by themselves; this is for having it before.
 */
import { messageOf } from '../core/errors/cause.ts';
import { victoriaLogs } from '../lab/machine/victoria-logs.ts';

/** Name → makes it, and says where it is. */
const receivers: Readonly<Record<string, () => string>> = { victorialogs: victoriaLogs };

const usage = `usage: npm run receivers -- [NAME…]

Makes real receivers for tests of the gateway's sinks, all of them without a name: ${Object.keys(receivers).join(', ')}.

Example: npm run receivers -- victorialogs`;

const given = process.argv.slice(2);
const names = given.length === 0 ? Object.keys(receivers) : given;
if (given.includes('--help') || given.includes('-h')) {
  console.log(usage);
} else if (names.some(name => receivers[name] === undefined)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  try {
    for (const name of names) console.log(`${name}: ${receivers[name]?.()}`);
  } catch (error) {
    console.error(`npm run receivers: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}
