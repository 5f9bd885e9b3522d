import type { Shape } from '../shape/shape.ts';
import { names, text, uniqueTexts } from './forms.ts';
import { config, model, network, secret, volume } from './resources.ts';
import { service } from './service.ts';

const collection = (shape: Shape, closed: boolean): Shape => ({
  types: ['mapping'],
  named: { pattern: names, shape },
  closed,
  print: 'struct-map',
});

const textOrTexts: Shape = { ...uniqueTexts, types: ['list', 'string'] };

/** A Compose file: the root of the table. */
export const project: Shape = {
  types: ['mapping'],
  properties: {
    version: { types: ['string'] },
    name: text,
    include: {
      types: ['list'],
      items: {
        types: ['string', 'mapping'],
        properties: { path: textOrTexts, env_file: textOrTexts, project_directory: { types: ['string'] } },
        closed: true,
        canonical: 'include',
      },
    },
    services: collection(service, true),
    models: collection(model, false),
    networks: collection(network, false),
    volumes: collection(volume, true),
    secrets: collection(secret, true),
    configs: collection(config, true),
  },
  closed: true,
  extensible: true,
};
