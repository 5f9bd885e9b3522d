/** What our dashboards are made of, in the types that Grafana publishes: what its schema has no word for does not compile. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  type FieldConfig,
  LegendDisplayMode,
  type Panel,
  PercentChangeColorMode,
  SortOrder,
  ThresholdsMode,
  TooltipDisplayMode,
  VizOrientation,
} from '@grafana/schema';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

export const datasource = { type: 'prometheus', uid: '$datasource' } as const;

/** Units as Grafana calls them. */
export type Unit = 'short' | 'percentunit' | 'bytes' | 'Bps' | 's' | 'celsius' | 'cps' | 'ops';

export interface Question {
  readonly title: string;
  /** What it says, for a person who wonders. */
  readonly description: string;
  readonly unit?: Unit;
  /** Expression, and how its series are called: `{{device_id}}`. */
  readonly queries: readonly (readonly [expression: string, legend: string])[];
}

/** A panel without its place. */
export type Placeless = Panel & { readonly size: readonly [width: number, height: number] };

export function lines({ title, description, unit = 'short', queries }: Question): Placeless {
  const options: TimeSeriesOptions = {
    legend: {
      calcs: ['lastNotNull'],
      displayMode: LegendDisplayMode.List,
      placement: 'bottom',
      showLegend: true,
    },
    tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
  };
  const custom = { lineWidth: 1, fillOpacity: 8, showPoints: 'never', spanNulls: false };
  return {
    ...panel('timeseries', { title, description }, { unit, min: 0, custom }),
    targets: queries.map(([expr, legendFormat], at) => ({ ...target(expr, at), legendFormat, range: true })),
    options: { ...options },
    size: [12, 8],
  };
}

/** One number. @param worry from which on it is shown in red */
export function figure({ title, description, unit = 'short', queries }: Question, worry?: number): Placeless {
  const options: StatOptions = {
    colorMode: BigValueColorMode.Value,
    graphMode: BigValueGraphMode.None,
    justifyMode: BigValueJustifyMode.Auto,
    orientation: VizOrientation.Auto,
    percentChangeColorMode: PercentChangeColorMode.Standard,
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    showPercentChange: false,
    textMode: BigValueTextMode.ValueAndName,
    wideLayout: true,
  };
  const steps = [
    { color: 'green', value: null },
    ...(worry === undefined ? [] : [{ color: 'red', value: worry }]),
  ];
  return {
    ...panel('stat', { title, description }, { unit, thresholds: { mode: ThresholdsMode.Absolute, steps } }),
    targets: queries.map(([expr, legendFormat], at) => ({
      ...target(expr, at),
      legendFormat,
      instant: true,
    })),
    options: { ...options },
    size: [4, 4],
  };
}

/** A row for each series, its labels as columns. */
export function rows({ title, description, unit = 'short', queries }: Question): Placeless {
  const hidden = { Time: true, __name__: true, instance: true, job: true };
  return {
    ...panel('table', { title, description }, { unit }),
    targets: queries.map(([expr], at) => ({ ...target(expr, at), instant: true, format: 'table' })),
    transformations: [{ id: 'organize', options: { excludeByName: hidden } }],
    options: { showHeader: true, cellHeight: 'sm' },
    size: [12, 8],
  };
}

function panel(type: string, words: Pick<Panel, 'title' | 'description'>, defaults: FieldConfig): Panel {
  return { type, ...words, datasource, fieldConfig: { defaults, overrides: [] } };
}

const letters = 'ABCDEFGHIJ';

function target(expr: string, at: number) {
  return { refId: letters[at] ?? 'Z', datasource, expr, editorMode: 'code' };
}
