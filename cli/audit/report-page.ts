/** The report as one HTML page: nothing of it runs, nothing is fetched, and whatever somebody said is text. */
import { printable } from '../../core/shown-text.ts';

export interface ReportTable {
  readonly title: string;
  /** Under the title. */
  readonly about?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that there were no room for. */
  readonly leftOut?: number;
}

export interface AuditReport {
  readonly fleet: string;
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  /** Of fleet.yaml's commit, whose keys counted. */
  readonly commit: string;
  readonly head: string;
  readonly entries: number;
  /** None: the log is what was signed, and all of it. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly tables: readonly ReportTable[];
}

const style = [
  'body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1a1a1a}',
  'h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}',
  'table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}',
  'th{background:#f2f2f2}td{overflow-wrap:anywhere}',
  '.sound{border-left:.4rem solid #2a7d2a;padding-left:1rem}.broken{border-left:.4rem solid #b00020;padding-left:1rem}',
  'code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}@media print{h2{break-after:avoid}tr{break-inside:avoid}}',
].join('\n');

export function reportPage(report: AuditReport): string {
  const { fleet, from, to, madeAt, commit, head, entries, findings, notes, tables } = report;
  const title = `Audit of ${fleet}, ${from} to ${to}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    `<title>${escaped(title)}</title>`,
    `<style>\n${style}\n</style>`,
    '</head>',
    '<body>',
    `<h1>${escaped(title)}</h1>`,
    findingsPart(findings, notes),
    `<p>${entries} entries of that time. Made ${escaped(madeAt)} by <code>towline audit report</code>, with the keys of fleet.yaml at <code>${escaped(commit)}</code>.</p>`,
    `<p>Head of the log: <code>${escaped(head)}</code>. Keep it: <code>towline audit verify --head ${escaped(head)}</code> holds the log to it.</p>`,
    ...tables.map(tablePart),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function findingsPart(findings: readonly string[], notes: readonly string[]): string {
  const list = (lines: readonly string[]) =>
    lines.length === 0 ? '' : `<ul>${lines.map(line => `<li>${escaped(line)}</li>`).join('')}</ul>`;
  const words =
    findings.length === 0
      ? '<p>The log is what was signed: every commit of it by a key that fleet.yaml names, no entry missing, changed or moved.</p>'
      : '<p><strong>The log is not what was signed.</strong> What stands below may be missing, changed or made up.</p>';
  return `<div class="${findings.length === 0 ? 'sound' : 'broken'}">${words}${list(findings)}${list(notes)}</div>`;
}

function tablePart({ title, about, head, rows, leftOut = 0 }: ReportTable): string {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    `<tr>${row.map(cell => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return [
    `<h2>${escaped(title)}</h2>`,
    ...(about === undefined ? [] : [`<p>${escaped(about)}</p>`]),
    rows.length === 0
      ? '<p>None.</p>'
      : `<table>\n<thead>${cells(head, 'th')}</thead>\n<tbody>\n${rows.map(row => cells(row, 'td')).join('\n')}\n</tbody>\n</table>`,
    ...(leftOut > 0 ? [`<p>${leftOut} more: <code>towline audit --csv</code> has all of them.</p>`] : []),
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, found => entities[found] ?? found);
}
