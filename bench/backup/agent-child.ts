/** An agent that updates an app and keeps its data before: `node agent-child.ts INPUT.json`. Says what the backup took. */
import { readFileSync } from 'node:fs';
import { label } from '../../core/plan/container/labels.ts';
import { DeviceRig } from '../../lab/rig/device-rig.ts';
import { grouped } from './grouped-engine.ts';
import { keptApp } from './kept-app.ts';

interface Input {
  readonly device: string;
  readonly project: string;
  readonly stateDirectory: string;
  readonly image: string;
  readonly release: number;
  readonly cgroup: string;
}

const sampleMs = 250;

const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Input;
const rig = await DeviceRig.start();
rig.become(input);

/** Bytes that the helper's processes have for themselves: what the kernel keeps of files for them is not theirs. */
async function helperBytes(): Promise<number> {
  const helper = (await rig.containers()).find(({ Labels }) => Labels?.[label.helper] !== undefined);
  if (helper === undefined) return 0;
  const { State } = await rig.engine.call<{ State: { Pid: number } }>(
    { method: 'GET', path: `/containers/${helper.Id}/json` },
    rig.signal,
  );
  const pids = new Set([State.Pid]);
  const childrenOf = (pid: number): string =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  for (const pid of pids)
    for (const child of childrenOf(pid).split(' ')) if (child !== '') pids.add(Number(child));
  const residents = [...pids].map(pid => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  });
  return residents.reduce((sum, bytes) => sum + bytes, 0);
}

let answer: object | undefined;
let most = 0;
const { reasons, outcome } = await rig.pass([keptApp(input.project, input.image, input.release)], {
  engine: grouped(rig.engine, input.cgroup),
  around: async (step, run) => {
    if (step.kind !== 'back-up') return run();
    const sampling = setInterval(() => {
      helperBytes().then(
        bytes => {
          most = Math.max(most, bytes);
        },
        () => undefined,
      );
    }, sampleMs);
    const before = process.cpuUsage();
    const beganMs = performance.now();
    try {
      await run();
    } finally {
      clearInterval(sampling);
    }
    const { user, system } = process.cpuUsage(before);
    answer = {
      cpuMs: (user + system) / 1000,
      seconds: (performance.now() - beganMs) / 1000,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      helperBytes: most,
    };
  },
});
if (answer === undefined || outcome.outcome !== 'applied')
  throw new Error(`nothing was backed up: ${JSON.stringify({ reasons, outcome })}`);
process.stdout.write(JSON.stringify(answer));
