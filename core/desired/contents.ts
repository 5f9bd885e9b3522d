import type { ComposeResult } from '../compose/load/load.ts';
import type { ComposeModel } from '../compose/value/model.ts';

/** Configs and secrets of kind `environment` name a variable; here they say what it holds. */
export function withContents(model: ComposeModel, contents: ComposeResult['contents']): ComposeModel {
  const filled = (kind: 'configs' | 'secrets') =>
    Object.fromEntries(
      Object.entries(model[kind] ?? {}).map(([name, { environment, ...definition }]) => {
        const content = contents[kind][name];
        if (content !== undefined) return [name, { ...definition, content }];
        return [name, environment === undefined ? definition : { ...definition, environment }];
      }),
    );
  return {
    ...model,
    ...(model.configs === undefined ? {} : { configs: filled('configs') }),
    ...(model.secrets === undefined ? {} : { secrets: filled('secrets') }),
  };
}
