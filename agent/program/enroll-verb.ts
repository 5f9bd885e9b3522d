/** `agent/main.ts enroll TOKEN|-`: the keys are made here, a person accepts them elsewhere. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { agentVerbs } from '../../core/agent-verbs.ts';
import { parseToken } from '../../core/enrolment/token.ts';
import { parseProxy } from '../../core/io/https/http-proxy.ts';
import { createDialler } from '../../core/io/https/https-dialler.ts';
import { startService } from '../../core/io/start-service.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { type EnrolOptions, enrol } from '../enrolment/enrol.ts';
import { giveToOwnerOf } from '../enrolment/key-owner.ts';
import { readTokenText } from '../enrolment/token-text.ts';
import { beginTrusted, trustedCommitFile, trustedFolder } from '../verify/trusted-commit.ts';
import { lockState } from './state-lock.ts';
import { untilStopped } from './until-stopped.ts';

/**
 * With `--json` a line for each state: the fingerprint is needed while it waits.
 * @returns the exit code: 130 when it was stopped
 * @throws TowlineError ENROLMENT_…, AGENT_…; TypeError of parseArgs for options that there are not
 */
export async function runEnroll(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: agentVerbs.enroll.options,
  });
  const place = { word: positionals[0], file: values['token-file'], input: process.stdin };
  const token = parseToken(await readTokenText(place));
  const { 'engine-socket': engineSocket, 'project-prefix': projectPrefix } = values;
  const { 'runtime-directory': runtimeDirectory, proxy = process.env.TOWLINE_PROXY } = values;
  if (proxy !== undefined) parseProxy(proxy);
  const stateDirectory = path.resolve(values['state-directory']);
  const log = { debug: () => {}, warn: () => {} };
  const gateways = token.gateways.map(gateway => ({ ...gateway, sshHostKeys: gateway.sshHostKeys ?? [] }));
  const options: EnrolOptions = {
    token,
    configFile: values.config,
    settings: {
      stateDirectory,
      ...(engineSocket === undefined ? {} : { engineSocket }),
      ...(projectPrefix === undefined ? {} : { projectPrefix }),
      ...(runtimeDirectory === undefined ? {} : { runtimeDirectory }),
      ...(proxy === undefined ? {} : { proxy }),
    },
    dial: keys =>
      createDialler({
        gateways,
        key: keys.tlsKey,
        certificate: keys.tlsCertificate,
        log,
        ...(proxy === undefined ? {} : { proxy }),
      }),
    clock: createSystemClock(),
    say: line => {
      if (!values.json) process.stdout.write(`${printable(line)}\n`);
    },
    onState: (state, fingerprint) => {
      const facts = { fleet: token.fleet, device: token.device, fingerprint, state };
      if (values.json) process.stdout.write(`${shownJson({ ...facts, configuration: values.config })}\n`);
    },
    begin: async trusted => {
      // A trusted commit that is there already was reached by this device's own walk.
      if ((await trustedCommitFile(stateDirectory).read()).kind !== 'absent') return;
      await beginTrusted(stateDirectory, trusted);
      await giveToOwnerOf(stateDirectory, trustedFolder(stateDirectory));
    },
    starts: values.start,
    wait: !values['no-wait'],
  };
  let isAccepted = false;
  const code = await untilStopped(async signal => {
    await using _lock = await lockState(stateDirectory);
    isAccepted = (await enrol(options, signal)).state === 'accepted';
  });
  // The agent takes the lock itself.
  if (values.start && isAccepted) await startService('towline-agent');
  return code;
}
