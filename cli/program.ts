/** The command with all its verbs. Nothing is done here: scripts/generate/cli-reference.ts reads it too. */
import { Command } from 'commander';
import { version } from '../core/version.ts';
import { registerAgent } from './agent/agent.ts';
import { exitCodeMeanings } from './command/exit-code.ts';
import { neverStopped, type Stop } from './command/stop.ts';
import { registerCompletion } from './completion/completion.ts';
import { registerDeviceAccept } from './device/accept.ts';
import { registerDevice } from './device/add.ts';
import { registerGateway } from './gateway/gateway.ts';
import { registerInit } from './init/init.ts';
import { registerPlan } from './plan/plan.ts';
import { registerRelease } from './release/release.ts';
import { registerRender } from './render/render.ts';
import { registerSecret } from './secret/secret.ts';
import { registerStatus } from './status/status.ts';
import { registerApprove } from './trust/approve.ts';
import { registerTimestamp } from './trust/timestamp.ts';
import { registerTrust } from './trust/trust.ts';
import { registerValidate } from './validate/validate.ts';

const exitCodes = () =>
  [
    '',
    'Exit codes:',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');

export interface ProgramOptions {
  /** No help in place of an answer: with `--json` all that is printed is JSON. */
  readonly quiet?: boolean;
  /** What ends verbs that wait. */
  readonly stop?: Stop;
}

export function makeProgram({ quiet = false, stop = neverStopped }: ProgramOptions = {}): Command {
  const program = new Command('towline')
    .description('Runs a fleet of Linux devices from one signed git repository.')
    .version(version, '-V, --version', 'print the version')
    .option('--debug', 'print stacks of unexpected errors')
    .showSuggestionAfterError()
    // Errors are shown in one place: report-error.ts.
    .configureOutput({ outputError: () => undefined, ...(quiet ? { writeErr: () => undefined } : {}) })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', exitCodes)
    .exitOverride();
  registerInit(program, stop);
  registerValidate(program);
  registerDeviceAccept(registerDevice(program, stop), stop);
  registerRelease(program, stop);
  registerRender(program);
  registerPlan(program, stop);
  registerStatus(program, stop);
  registerSecret(program);
  registerTrust(program, stop);
  registerApprove(program, stop);
  registerTimestamp(program, stop);
  registerAgent(program);
  registerGateway(program, stop);
  registerCompletion(program);
  return program;
}
