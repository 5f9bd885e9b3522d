/** A whole dashboard: its panels in rows of 24 columns, its variables, its links to the others. */
import {
  type Dashboard,
  DashboardCursorSync,
  type Panel,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/schema';
import { datasource, type Placeless } from './panels.ts';

/** Of the schema that Grafana 10 and later read. */
const schemaVersion = 39;
const columns = 24;

export interface DashboardContent {
  readonly name: 'fleet' | 'device' | 'container' | 'pipeline';
  readonly description: string;
  /** Of labels: each narrows the next. */
  readonly variables: readonly VariableModel[];
  readonly panels: readonly Placeless[];
}

export function dashboard({ name, description, variables, panels }: DashboardContent): Dashboard {
  return {
    uid: `towline-${name}`,
    title: `Towline: ${name}`,
    description,
    tags: ['towline'],
    schemaVersion,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [
      {
        asDropdown: true,
        icon: 'external link',
        includeVars: true,
        keepTime: true,
        tags: ['towline'],
        targetBlank: false,
        title: 'Towline',
        tooltip: '',
        type: 'dashboards',
        url: '',
      },
    ],
    templating: { list: [sourceVariable, ...variables] },
    panels: placed(panels),
  };
}

const sourceVariable: VariableModel = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  hide: VariableHide.dontHide,
  refresh: VariableRefresh.onDashboardLoad,
};

/** Values that a label has, of the series that the variables before leave. */
export function labelVariable(name: string, series: string, label: string): VariableModel {
  return {
    name,
    label: name,
    type: 'query',
    datasource,
    query: { query: `label_values(${series}, ${label})`, refId: name },
    refresh: VariableRefresh.onTimeRangeChanged,
    sort: VariableSort.alphabeticalAsc,
    hide: VariableHide.dontHide,
    multi: false,
    includeAll: false,
  };
}

/** From left to right, as many as fit, then the next row. */
function placed(panels: readonly Placeless[]): Panel[] {
  let [x, y, height] = [0, 0, 0];
  return panels.map(({ size: [w, h], ...panel }, at) => {
    if (x + w > columns) [x, y, height] = [0, y + height, 0];
    const gridPos = { x, y, w, h };
    x += w;
    height = Math.max(height, h);
    return { id: at + 1, ...panel, gridPos };
  });
}
