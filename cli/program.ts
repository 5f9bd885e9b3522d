/** The command with all its verbs. Nothing is done here: scripts/generate/cli-reference.ts reads it too. */
import { Command } from 'commander';
import { version } from '../core/version.ts';
import { registerAgent } from './agent.ts';
import { registerApprove } from './approve.ts';
import { registerCompletion } from './completion.ts';
import { registerDevice } from './device.ts';
import { registerDeviceAccept } from './device-accept.ts';
import { exitCodeMeanings } from './exit-code.ts';
import { registerGateway } from './gateway.ts';
import { registerInit } from './init.ts';
import { registerPlan } from './plan.ts';
import { registerRelease } from './release.ts';
import { registerRender } from './render.ts';
import { registerSecret } from './secret.ts';
import { registerStatus } from './status.ts';
import { neverStopped, type Stop } from './stop.ts';
import { registerTimestamp } from './timestamp.ts';
import { registerTrust } from './trust.ts';
import { registerValidate } from './validate.ts';

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
