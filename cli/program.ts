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
import { registerTimestamp } from './timestamp.ts';
import { registerTrust } from './trust.ts';
import { registerValidate } from './validate.ts';

const exitCodes = () =>
  [
    '',
    'Exit codes:',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n');

/** @param quiet no help in place of an answer: with `--json` all that is printed is JSON */
export function makeProgram({ quiet = false } = {}): Command {
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
  registerInit(program);
  registerValidate(program);
  registerDeviceAccept(registerDevice(program));
  registerRelease(program);
  registerRender(program);
  registerPlan(program);
  registerStatus(program);
  registerSecret(program);
  registerTrust(program);
  registerApprove(program);
  registerTimestamp(program);
  registerAgent(program);
  registerGateway(program);
  registerCompletion(program);
  return program;
}
