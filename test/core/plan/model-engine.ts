/** An engine on paper: carries out steps as strictly as the real one, in any order that `needs` allows. */
import assert from 'node:assert/strict';
import type { BackupCause } from '../../../core/backup/manifest.ts';
import { containerName } from '../../../core/desired/container-name.ts';
import { networkKeys, networkName, sharedNetworkMode } from '../../../core/desired/service-networks.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { expectedLimits, restartPolicy } from '../../../core/plan/container/limits.ts';
import { hostPorts, portsClash } from '../../../core/plan/container/ports.ts';
import { isFinished, presentContainer } from '../../../core/plan/instance.ts';
import type { ProjectMemory, ProjectRecord } from '../../../core/plan/memory.ts';
import type { ObservedContainer, ObservedNetwork, ObservedState } from '../../../core/plan/observed.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { projectTrees } from '../../../core/plan/project-files.ts';
import { resourceHash, serviceDefinition } from '../../../core/plan/service-definition.ts';
import { dependencies, sharedWith } from '../../../core/plan/service-order.ts';
import type { Step } from '../../../core/plan/step.ts';
import { heirName } from '../../../core/plan/temporary-name.ts';

type Container = { -readonly [Key in keyof ObservedContainer]: ObservedContainer[Key] } & {
  /** The anonymous volume: whoever takes its place has the same one. */
  volume: string;
  /** Counts on with each step: when it was made, and when it last began to run. */
  madeAt: number;
  startedAt: number;
  /** The names of its service lead to it. */
  named: boolean;
  /** It took nobody's place while that one served, or has been well under its names. */
  proven: boolean;
};

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

export class ModelEngine {
  readonly #random: (below: number) => number;
  readonly #containers = new Map<string, Container>();
  readonly #networks = new Map<string, ObservedNetwork>();
  readonly #volumes = new Map<string, ObservedState['volumes'][number]>();
  readonly #images = new Map<string, string>();
  readonly #trees = new Map<string, Set<string>>();
  /** Why each was made. */
  readonly backups: BackupCause[] = [];
  readonly #lostVolumes = new Set<string>();
  readonly #records = new Map<string, ProjectRecord>();
  #next = 0;
  #now = 0;
  #plan: Plan | undefined;
  #begun: ObservedState = this.observed();
  #created = new Map<string, string>();

  constructor(random: (below: number) => number) {
    this.#random = random;
  }

  observed(): ObservedState {
    return {
      engineVersion: '',
      containers: [...this.#containers.values()].map(container => ({
        ...container,
        ports: container.state === 'running' ? container.ports : [],
      })),
      foreign: [],
      networks: [...this.#networks.values()],
      volumes: [...this.#volumes.values()],
      images: new Map(this.#images),
      trees: new Map(this.#trees),
      locked: new Set(),
    };
  }

  memory(nowMs: number): ProjectMemory {
    return { projects: new Map(this.#records), nowMs };
  }

  /** What is remembered of other projects goes, as a device forgets those that it has removed. */
  forgetExcept(projects: ReadonlySet<string>): void {
    for (const name of this.#records.keys()) if (!projects.has(name)) this.#records.delete(name);
  }

  /** Service → its anonymous volume, of containers under their own names that run. */
  running(): Map<string, string> {
    const up = [...this.#containers.values()].filter(({ state }) => state === 'running');
    return new Map(up.map(({ name, volume }) => [name, volume]));
  }

  ids(): Set<string> {
    return new Set(this.#containers.keys());
  }

  /** Services that should have started again and have not. @param known containers that were there before */
  left(project: DesiredProject, known: ReadonlySet<string>): string[] {
    const of = (service: string) =>
      [...this.#containers.values()].find(({ name }) => name === containerName(project.model, service, 1));
    return Object.entries(project.model.services).flatMap(([name, service]) => {
      const own = of(name)?.startedAt ?? 0;
      const restarting = dependencies(project.model, name).filter(({ restart }) => restart);
      const stale = restarting.filter(({ service: other }) => {
        const { id = '', madeAt = 0 } = of(other) ?? {};
        return !known.has(id) && own < madeAt;
      });
      const leaders = sharedWith(service).filter(leader => own < (of(leader)?.startedAt ?? 0));
      return [...stale.map(other => other.service), ...leaders].map(other => `${name} after ${other}`);
    });
  }

  /** Containers of the service that run, to which its names lead and of which that they serve is more than hope. */
  serving(service: string): number {
    return [...this.#containers.values()].filter(
      one => one.service === service && one.named && one.proven && one.state === 'running',
    ).length;
  }

  /** All that runs ends with the power; what is always started again comes back with it. */
  powerCut(): void {
    for (const container of this.#containers.values()) {
      if (container.state === 'created') continue;
      const back = container.inspection?.limits.restartPolicy === 'always';
      [container.state, container.exitCode] = back ? ['running', undefined] : ['exited', 137];
    }
  }

  get size(): number {
    return this.#containers.size;
  }

  /** Carries out at most `most` steps, one after the other, each time any of those that may be next. */
  run(plan: Plan, most = Number.POSITIVE_INFINITY, after: (step: Step) => void = () => undefined): void {
    this.#plan = plan;
    this.#begun = this.observed();
    this.#created = new Map();
    const done = new Set<number>();
    while (done.size < Math.min(plan.steps.length, most)) {
      const ready = plan.steps.flatMap(({ needs }, index) =>
        !done.has(index) && needs.every(need => done.has(need)) ? [index] : [],
      );
      const index = ready[this.#random(ready.length)] ?? -1;
      const step = plan.steps[index];
      assert.ok(step !== undefined);
      this.#execute(step);
      done.add(index);
      after(step);
    }
  }

  #id(): string {
    return String(++this.#next)
      .padStart(12, '0')
      .padEnd(64, 'f');
  }

  #get(id: string): Container {
    const container = this.#containers.get(id);
    assert.ok(container !== undefined, `no such container ${id}`);
    return container;
  }

  #target(project: string): DesiredProject {
    const target = this.#plan?.targets.get(project);
    assert.ok(target !== undefined);
    return target;
  }

  #of(step: { container?: string; project: string; service: string; number: number }): Container {
    return this.#get(
      step.container ?? this.#created.get(`${step.project} ${step.service} ${step.number}`) ?? '',
    );
  }

  #network(name: string): ObservedNetwork {
    const found = [...this.#networks.values()].filter(network => network.name === name);
    const [only] = found;
    assert.ok(only !== undefined && found.length === 1, `${found.length} networks ${name}`);
    return only;
  }

  #first(project: DesiredProject, service: string): Container {
    const name = containerName(project.model, service, 1);
    const container = [...this.#containers.values()].find(other => other.name === name);
    assert.ok(container !== undefined, `no container ${name}`);
    return container;
  }

  #name(container: Container | undefined, name: string): string {
    const holder = [...this.#containers.values()].find(other => other.name === name && other !== container);
    assert.equal(holder, undefined, `the name ${name} is taken`);
    return name;
  }

  #owe(id: string, owed: boolean): void {
    const { project } = this.#get(id);
    const record = this.#records.get(project);
    const rest = (record?.starting ?? []).filter(other => other !== id);
    this.#records.set(project, { ...record, starting: owed ? [...rest, id] : rest });
  }

  #isBeside(step: StepOf<'wait-ready'>): boolean {
    return this.#plan?.targets.get(step.project)?.update.strategy === 'handover';
  }

  #restart(container: Container, policy: string, retries: number): void {
    const { inspection } = container;
    if (inspection === undefined) return;
    const limits = { ...inspection.limits, restartPolicy: policy, restartRetries: retries };
    container.inspection = { ...inspection, limits };
  }

  #execute(step: Step): void {
    this.#now++;
    switch (step.kind) {
      case 'pull-image':
        this.#images.set(step.image, `id of ${step.image}`);
        return;
      case 'write-files':
        this.#trees.set(step.project, new Set(projectTrees(this.#target(step.project)).keys()));
        return;
      case 'create-network': {
        const { model } = this.#target(step.project);
        const hash = resourceHash(model.networks?.[step.network]);
        const owner = { project: step.project, key: step.network, hash };
        const id = this.#id();
        this.#networks.set(id, { id, name: step.name, made: undefined, owner });
        return;
      }
      case 'remove-network': {
        const users = [...this.#containers.values()].filter(
          ({ networks, state }) => state === 'running' && networks.some(({ id }) => id === step.id),
        );
        assert.deepEqual(users, [], `network ${step.name} has active endpoints`);
        assert.ok(this.#networks.delete(step.id));
        return;
      }
      case 'connect-network': {
        const container = this.#of(step);
        const name = networkName(this.#target(step.project).model, step.network);
        const { id } = this.#network(name);
        assert.ok(!container.networks.some(network => network.name === name), 'attached already');
        container.networks = [...container.networks, { name, id }];
        return;
      }
      case 'disconnect-network': {
        const container = this.#get(step.container);
        container.networks = container.networks.filter(({ id }) => id !== step.id);
        return;
      }
      case 'check-room':
        return;
      case 'back-up':
        this.#backUp(step);
        return;
      case 'retire-volume':
        this.#volumes.delete(step.name);
        return;
      case 'create-volume': {
        const { model } = this.#target(step.project);
        const hash = resourceHash(model.volumes?.[step.volume]);
        this.#volumes.set(step.name, {
          name: step.name,
          made: undefined,
          owner: { project: step.project, key: step.volume, hash },
        });
        return;
      }
      case 'remove-volume':
        assert.ok(this.#volumes.delete(step.name));
        return;
      case 'create-container':
        this.#create(step);
        return;
      case 'stop-container': {
        const container = this.#get(step.container);
        const again = this.#plan?.steps.some(
          other => other.kind === 'start-container' && other.container === step.container,
        );
        if (again === true) this.#owe(container.id, true);
        container.state = 'exited';
        container.exitCode = [0, 143][this.#random(2)];
        return;
      }
      case 'remove-container': {
        const { volume } = this.#get(step.container);
        this.#containers.delete(step.container);
        const shared = [...this.#containers.values()].some(other => other.volume === volume);
        if (step.withVolumes && !shared) this.#lostVolumes.add(volume);
        return;
      }
      case 'rename-container': {
        const container = this.#of(step);
        container.name = this.#name(container, step.name);
        return;
      }
      case 'unpause-container':
        this.#get(step.container).state = 'running';
        return;
      case 'put-aside':
      case 'put-back':
        throw new Error('nothing of docker compose is here');
      case 'start-container':
        this.#start(step);
        return;
      case 'take-names': {
        const container = this.#of(step);
        assert.equal(container.state, 'running', 'it is well when it takes the names');
        container.named = true;
        const own = containerName(this.#target(step.project).model, step.service, step.number);
        container.name = this.#name(container, heirName(container, own));
        return;
      }
      case 'take-restart': {
        const { model } = this.#target(step.project);
        const restart = restartPolicy(model.services[step.service] ?? {});
        this.#restart(this.#of(step), restart.name, restart.retries);
        this.#restart(this.#get(step.from), 'no', 0);
        return;
      }
      case 'wait-ready': {
        const container = this.#of(step);
        assert.equal(container.state, 'running');
        assert.equal(container.named, step.settled || !this.#isBeside(step), 'its names');
        const { healthcheck } = this.#target(step.project).model.services[step.service] ?? {};
        if (healthcheck !== undefined) container.health = 'healthy';
        container.proven ||= step.settled;
        return;
      }
      case 'wait-service': {
        const container = this.#first(this.#target(step.project), step.service);
        if (step.condition === 'service_healthy') container.health = 'healthy';
        else [container.state, container.exitCode] = ['exited', 0];
        return;
      }
      case 'wait-healthy': {
        const project = this.#target(step.project);
        for (const [service, definition] of Object.entries(project.model.services)) {
          const container = this.#first(project, service);
          const isUp = container.state === 'running' || isFinished(definition, container);
          assert.ok(isUp, `${container.name} at the gate`);
          assert.equal(container.hash, serviceDefinition(project, service).hash);
          if (definition.healthcheck !== undefined) container.health = 'healthy';
        }
        const { scheduled } = this.#records.get(step.project) ?? {};
        this.#records.set(step.project, {
          lastGood: project,
          ...(scheduled === undefined ? {} : { scheduled }),
        });
        return;
      }
      default:
        assert.fail(`not in this model: ${step.kind}`);
    }
  }

  /** Nobody who could write runs meanwhile, but where the app says so. */
  #backUp(step: StepOf<'back-up'>): void {
    const record = this.#records.get(step.project);
    assert.ok(record?.lastGood !== undefined);
    const { lastGood } = record;
    const mounting = ({ service }: Container) =>
      lastGood.model.services[service]?.volumes?.some(({ source }) =>
        step.volumes.some(({ key }) => key === source),
      );
    for (const each of this.#containers.values())
      if (step.mode === 'stop' && mounting(each))
        assert.notEqual(each.state, 'running', `${each.name} writes`);
    this.backups.push(step.cause);
    const { digest: before } = this.#target(step.project);
    const { scheduled, ...rest } = record;
    this.#records.set(step.project, {
      ...rest,
      ...(step.cause === 'upgrade' ? { backedUp: { id: 'x', before } } : {}),
      ...(scheduled === undefined ? {} : { scheduled: { ...scheduled, sinceMs: Number.MAX_SAFE_INTEGER } }),
    });
  }

  /** The time of its schedule comes. */
  due(project: DesiredProject, sinceMs: number): void {
    const expression = project.backup?.schedule ?? '';
    this.#records.set(project.name, {
      ...this.#records.get(project.name),
      scheduled: { expression, sinceMs },
    });
  }

  #create(step: StepOf<'create-container'>): void {
    const project = this.#target(step.project);
    const { model } = project;
    const service = model.services[step.service] ?? {};
    const image = service.image ?? '';
    assert.ok(this.#images.has(image), `no such image ${image}`);
    for (const hash of projectTrees(project).keys()) assert.ok(this.#trees.get(step.project)?.has(hash));
    const id = this.#id();
    const mode = sharedNetworkMode(service) ?? '';
    const leader = mode.startsWith('service:') ? this.#leader(project, mode.slice(8)) : undefined;
    this.#containers.set(id, {
      id,
      name: this.#name(undefined, step.name),
      project: step.project,
      service: step.service,
      number: step.number,
      ...serviceDefinition(project, step.service),
      image,
      imageId: this.#images.get(image) ?? '',
      state: 'created',
      exitCode: undefined,
      health: undefined,
      status: '',
      createdMs: this.#next,
      networkMode: leader === undefined ? mode : `container:${leader}`,
      networks: networkKeys(service).map(key => {
        const name = networkName(model, key);
        return { name, id: this.#network(name).id };
      }),
      ports: hostPorts(service),
      named: step.beside !== true,
      proven: step.beside !== true,
      inspection: {
        limits: {
          ...expectedLimits(service),
          ...(step.beside === true ? { restartPolicy: 'no', restartRetries: 0 } : {}),
        },
        pidMode: '',
        ipcMode: '',
        volumesFrom: (service.volumes_from ?? []).map(source => {
          const [name = '', ...mode] = source.split(':');
          return [this.#leader(project, name), ...mode].join(':');
        }),
        restartCount: 0,
        startedAtMs: 0,
      },
      madeAt: this.#now,
      startedAt: 0,
      // No volume of its own goes to one that runs beside.
      volume: step.replaces === undefined ? id : this.#get(step.replaces).volume,
    });
    this.#created.set(`${step.project} ${step.service} ${step.number}`, id);
  }

  #leader(project: DesiredProject, service: string): string {
    const made = this.#created.get(`${project.name} ${service} 1`);
    const id = made ?? presentContainer(project, service, this.#begun)?.id;
    assert.ok(id !== undefined, `no container of ${service} to share with`);
    return id;
  }

  #start(step: StepOf<'start-container'>): void {
    const container = this.#of(step);
    const project = this.#target(step.project);
    const own = containerName(project.model, step.service, step.number);
    if (container.named) assert.equal(container.name, own, 'its own name');
    assert.ok(!this.#lostVolumes.has(container.volume), 'its volume is gone');
    for (const { id, name } of container.networks)
      assert.ok(this.#networks.has(id), `${step.service}: network ${name} is gone`);
    const others = [...this.#containers.values()].filter(
      other => other.state === 'running' && other.id !== container.id,
    );
    for (const other of others) {
      const clash = other.ports.some(held => container.ports.some(port => portsClash(held, port)));
      assert.ok(!clash, `a port of ${container.name} is held by ${other.name}`);
    }
    if (container.networkMode.startsWith('container:')) {
      const leader = this.#get(container.networkMode.slice('container:'.length));
      assert.equal(leader.state, 'running', `${leader.name} must run before ${container.name} joins it`);
    }
    for (const { service, required } of dependencies(project.model, step.service)) {
      const name = containerName(project.model, service, 1);
      if (required)
        assert.ok(
          others.some(other => other.name === name) ||
            isFinished(project.model.services[service], this.#first(project, service)),
          `${name} runs before ${step.service}`,
        );
    }
    if (container.state !== 'running') container.startedAt = this.#now;
    container.state = 'running';
    this.#owe(container.id, false);
  }
}
