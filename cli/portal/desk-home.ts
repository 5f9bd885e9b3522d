/** What the page is told at a desk: by the person's clone, and by what is fetched into it. */
import path from 'node:path';
import type { Clock } from '../../core/io/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Home } from '../../portal/home/home.ts';
import type { TelemetrySource } from '../../portal/home/telemetry-source.ts';
import type { RemoteMain } from '../change/remote-main.ts';
import { makeFolder } from '../desk/folder.ts';
import { remembered } from '../desk/remembered.ts';
import { personSettings } from '../ssh/person-settings.ts';
import { keptTelemetry, openTelemetry } from '../status/telemetry.ts';
import { assertGateway, gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { BesideTelemetry } from './beside-telemetry.ts';
import { DeskBundleHome } from './bundle-home.ts';
import { DeskFleet } from './desk-fleet.ts';
import { DeskTelemetry } from './desk-telemetry.ts';
import { emptyTelemetry } from './empty-telemetry.ts';
import { DeskSessionHome } from './session-home.ts';
import { SigningDesk, type SigningDeskOptions } from './sign-home.ts';

export interface DeskHomeOptions {
  readonly main: RemoteMain;
  readonly telemetry: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the person is asked before anything is signed. */
  readonly signing: Pick<SigningDeskOptions, 'ask' | 'isAsked'>;
}

/** Between two looks at main and at what devices said, milliseconds. */
const lookMs = 15_000;

export class DeskHome implements AsyncDisposable {
  readonly home: Home;
  readonly fleet: DeskFleet;
  readonly #telemetry: DeskTelemetry | undefined;
  readonly #clock: Clock;
  readonly #cleanUp: AsyncDisposableStack;

  /** @throws TowlineError CLI_USAGE, TRUST_…, CLI_GATEWAY_UNREACHABLE where nothing was ever fetched; FleetProblems */
  static async open(options: DeskHomeOptions, signal: AbortSignal): Promise<DeskHome> {
    await using stack = new AsyncDisposableStack();
    const { main, clock, log } = options;
    const { gitDirectory } = main.repository;
    const fleet = stack.use(new DeskFleet({ main, clock, log }));
    await fleet.open(signal);
    if (fleet.current === undefined) await fleet.look(signal);
    if (fleet.current === undefined) await fleet.openOwn(signal);
    const folder = path.join(gitDirectory, 'towline');
    await makeFolder(folder);
    const place = options.telemetry ?? (await remembered(gitDirectory, 'telemetry'));
    const telemetry = place === undefined ? undefined : await openDesk({ ...options, fleet, place }, signal);
    if (telemetry !== undefined) stack.use(telemetry);
    const beside =
      place === undefined ? undefined : stack.use(new BesideTelemetry({ folder, place, clock, log }));
    const home: Home = {
      ...{ kind: 'desk', clock, log, fleet, telemetry: telemetry ?? emptyTelemetry },
      audit: beside ?? { tip: async () => undefined, objects: fleet.objects },
      enrolments: async now => (await beside?.enrolments(now)) ?? new Map(),
      changes: new SigningDesk({ ...options.signing, main, onPushed: () => fleet.look(signal) }),
      ...visitorHomes({ ...options, fleet }),
      gateway: undefined,
    };
    return new DeskHome({ home, fleet, telemetry, clock }, stack.move());
  }

  private constructor(
    parts: Pick<DeskHome, 'home' | 'fleet'> & {
      readonly telemetry: DeskTelemetry | undefined;
      readonly clock: Clock;
    },
    cleanUp: AsyncDisposableStack,
  ) {
    this.home = parts.home;
    this.fleet = parts.fleet;
    this.#telemetry = parts.telemetry;
    this.#clock = parts.clock;
    this.#cleanUp = cleanUp;
  }

  /** Looks now, and again and again. Rejects when it is aborted. */
  async follow(signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.fleet.look(signal);
      await this.#telemetry?.refresh(signal);
      await this.#clock.sleep(lookMs, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}

/** Terminals, sessions, and bundles to carry: by the person's own ssh, and from their clone. */
function visitorHomes({ main, telemetry, clock, fleet }: DeskHomeOptions & { readonly fleet: DeskFleet }) {
  const { repo } = main.options;
  const named = telemetry === undefined ? {} : { telemetry };
  const current = () => fleet.current?.fleet;
  const person = async (signal: AbortSignal) =>
    await personSettings(repo, assertGateway(await gatewayAddress({ repo, ...named }, main.remote)), signal);
  return {
    sessions: new DeskSessionHome({ fleet: current, person, clock, options: { repo, ...named } }),
    bundles: new DeskBundleHome({ fleet: current, repo, ...named }),
  };
}

interface OpeningDesk extends DeskHomeOptions {
  readonly fleet: DeskFleet;
  readonly place: string;
}

/** What was kept is shown at once; where nothing is, it is fetched first. */
async function openDesk(
  { main, fleet, place, log }: OpeningDesk,
  signal: AbortSignal,
): Promise<DeskTelemetry & TelemetrySource> {
  const { gitDirectory } = main.repository;
  const { repo } = main.options;
  const kept = await keptTelemetry(place, gitDirectory);
  const repository = kept ?? (await openTelemetry(place, signal, gitDirectory));
  const isHere = repository.directory === path.resolve(place);
  const options = { repository, place: isHere ? undefined : place, repo, fleet, log };
  const telemetry = new DeskTelemetry(options, signal);
  await telemetry.open(signal);
  return telemetry;
}
