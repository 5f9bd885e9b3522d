/** The model over a fleet in memory, asked as the server asks it; every answer has the shape that the API says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { fieldsOf } from '../../../core/json.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import type { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import type { Viewer } from '../../../portal/home/viewer.ts';
import { Model } from '../../../portal/model/model.ts';
import type { Route } from '../../../portal/route/route.ts';
import { deviceRoutes } from '../../../portal/routes/device-routes.ts';
import { modelRoutes } from '../../../portal/routes/model-routes.ts';

const document = fieldsOf(
  JSON.parse(readFileSync(new URL('../../../portal/api/openapi.json', import.meta.url), 'utf8')),
);
const ajv = new Ajv({ strict: false, discriminator: true });
ajv.addSchema({ ...document, $id: 'portal' });

export const paths = fieldsOf(document.paths);

function shapeOf(path: string): ValidateFunction {
  const operation = fieldsOf(fieldsOf(paths[path]).get);
  const content = fieldsOf(fieldsOf(fieldsOf(operation.responses)['200']).content);
  const reference = String(fieldsOf(fieldsOf(content['application/json']).schema).$ref);
  const validate = ajv.getSchema(`portal${reference}`);
  assert.ok(validate !== undefined, path);
  return validate;
}

export class AskedModel implements AsyncDisposable {
  readonly fleet: PortalFleet;
  readonly model: Model;
  readonly routes: readonly Route[];

  /** All reports are read. */
  static async open(fleet: PortalFleet): Promise<AskedModel> {
    const asked = new AskedModel(fleet, await Model.open(fleet.home()));
    await asked.settled();
    return asked;
  }

  constructor(fleet: PortalFleet, model: Model) {
    this.fleet = fleet;
    this.model = model;
    this.routes = [...modelRoutes(model), ...deviceRoutes(model)];
  }

  /** What moved is read, and stands in the rows. */
  async settled(): Promise<void> {
    const { board, home } = this.model;
    const tips = () => [...home.telemetry.tips()];
    await eventually(
      () => !board.isReading && tips().every(([id, tip]) => board.rows.get(id)?.facts?.tip === tip),
    );
  }

  /** @param address `/devices?limit=2` @returns the text of the answer */
  async text(who: Viewer | string, address: string): Promise<string> {
    const { pathname: path, searchParams: query } = new URL(address, 'http://x/');
    const route = this.routes.find(one => one.method === 'GET' && one.matches(path));
    assert.ok(route !== undefined, `there is no ${path}`);
    const viewer = typeof who === 'string' ? this.fleet.viewer(who) : who;
    const { signal } = new AbortController();
    const answer = await route.answer({ path, query, body: undefined, viewer, signal });
    assert.ok(answer.kind === 'json' || answer.kind === 'made-json');
    const text = answer.kind === 'json' ? JSON.stringify(answer.body) : answer.text;
    const validate = shapeOf(route.path);
    assert.ok(
      validate(JSON.parse(text)),
      `${address}: ${JSON.stringify(validate.errors)} ${text.slice(0, 500)}`,
    );
    return text;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what is asked of it is the test's
  async ask(who: Viewer | string, address: string): Promise<any> {
    return JSON.parse(await this.text(who, address));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]();
  }
}
