/** `node agent/main.ts [VERB] [OPTIONS]`: the agent of one device. What a verb needs is loaded when it is asked for. */
import { parseArgs } from 'node:util';
import { type AgentVerbName, agentRun, isAgentVerb } from '../core/agent-verbs.ts';
import { errnoOf, messageOf } from '../core/errors/cause.ts';
import { endWhenUnwritable } from '../core/io/standard-streams.ts';
import type { ControlVerb } from './program/control-verb.ts';
import type { ExportOnce } from './program/export-status-verb.ts';
import { failWith } from './program/report-error.ts';
import type { RunOnce } from './program/run-once.ts';
import { usage } from './program/usage.ts';

type Verb = (args: readonly string[]) => Promise<number>;

/** What each verb does. @returns the exit code */
const verbs: Readonly<Record<AgentVerbName, Verb>> = {
  now: args => control('now', args),
  status: args => control('status', args),
  hold: args => control('hold', args),
  release: args => control('release', args),
  doctor: async args => (await import('./doctor/doctor.ts')).runDoctor(args),
  backup: async args => (await import('./program/backup-verb.ts')).runBackup(args, once),
  'self-test': async args => (await import('./program/self-test-verb.ts')).runSelfTest(args),
  import: async args => (await import('./program/import-verb.ts')).runImport(args, once),
  'export-status': async args =>
    (await import('./program/export-status-verb.ts')).runExportStatus(args, exportOnce),
  enroll: async args => (await import('./program/enroll-verb.ts')).runEnroll(args),
  'rotate-keys': async args => (await import('./program/rotate-keys-verb.ts')).runRotateKeys(args),
  'certs-d': async args => (await import('./program/certs-d-verb.ts')).runCertsD(args),
  're-anchor': async args => (await import('./program/re-anchor-verb.ts')).runReAnchor(args),
};

const exportOnce: ExportOnce = async configFile => (await import('./run-agent.ts')).exportOnce(configFile);

const once: RunOnce = async ({ configFile, json, beside }) =>
  (await import('./run-agent.ts')).runAgent({ configFile, once: true, json, jsonLog: false, beside });

async function control(verb: ControlVerb, args: readonly string[]): Promise<number> {
  const { runControl } = await import('./program/control-verb.ts');
  return runControl(verb, args);
}

async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (isAgentVerb(verb)) {
    // A person waits for its words; the agent itself goes on without a reader.
    endWhenUnwritable([process.stdout, process.stderr]);
    return verbs[verb](rest);
  }
  const options = { ...agentRun.options, help: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    console.log(usage());
    return 0;
  }
  const { runAgent } = await import('./run-agent.ts');
  return runAgent({
    configFile: values.config,
    once: values.once,
    json: values.json,
    jsonLog: values['json-log'],
  });
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof TypeError && errnoOf(error)?.startsWith('ERR_PARSE_ARGS') === true;
  if (isUsage) console.error(`${messageOf(error)}\n\n${usage()}`);
  process.exitCode = isUsage ? 2 : failWith(error, process.argv.includes('--json'));
}
