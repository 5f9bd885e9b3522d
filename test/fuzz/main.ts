/**
 * `npm run fuzz [-- NAME…] [--runs N]`: the properties that CI tries a few hundred times, tried N times (default
 * 20,000). Each is a test file that reads TOWLINE_FUZZ_RUNS; what it finds becomes a case there. Exit 1 on a finding.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.join(import.meta.dirname, '../..');
const targets: Readonly<Record<string, string>> = {
  trust: 'test/core/trust/trust-fuzz.test.ts',
  walk: 'test/core/trust/walk-property.test.ts',
  secrets: 'test/core/secrets/secret-fuzz.test.ts',
  compose: 'test/core/compose/oracle-fuzz.test.ts',
  enrolment: 'test/core/enrolment/enrolment-fuzz.test.ts',
};

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '20000' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = positionals.filter(name => targets[name] === undefined);
if (values.help === true || unknown.length > 0 || !/^[1-9]\d{0,8}$/.test(values.runs)) {
  console.log(`usage: npm run fuzz -- [${Object.keys(targets).join('|')}]… [--runs N]`);
  process.exit(values.help === true ? 0 : 2);
}
const names = positionals.length > 0 ? positionals : Object.keys(targets);
const files = names.map(name => targets[name] ?? '');
const result = spawnSync(process.execPath, ['--test', '--test-timeout=3600000', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TOWLINE_FUZZ_RUNS: values.runs },
});
process.exitCode = result.status ?? 1;
