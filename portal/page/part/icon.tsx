/** Small drawings, beside words: none of them says anything by itself. */
const paths = {
  check: 'M3 8.500l3.200 3.200L13 4.800',
  dot: 'M8 4a4 4 0 100 8 4 4 0 000-8z',
  triangle: 'M8 2l6.500 12h-13z',
  cross: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  pause: 'M5 3v10M11 3v10',
  ring: 'M8 3a5 5 0 100 10A5 5 0 008 3z',
  arrow: 'M2.500 8h11M9.500 4l4 4-4 4',
  square: 'M3 3h10v10H3z',
  diamond: 'M8 1.500L14.500 8 8 14.500 1.500 8z',
  overview: 'M2 13h12M4 13V8M8 13V3M12 13V6',
  devices: 'M2 3h12v7H2zM6 13h4M8 10v3',
  apps: 'M2.500 2.500h4v4h-4zM9.500 2.500h4v4h-4zM2.500 9.500h4v4h-4zM9.500 9.500h4v4h-4z',
  rollouts: 'M2 12h3V9h3V6h3V3h3',
  upgrades: 'M8 14V3M3.500 7.500L8 3l4.500 4.500',
  sessions: 'M2 3h12v10H2zM4.500 6l2 2-2 2M8 10.500h3',
  enrolments: 'M6 4.500a3 3 0 106 0 3 3 0 00-6 0M9 7.500v6M9 11h3',
  people: 'M8 2.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5zM3 14c0-3 2-5 5-5s5 2 5 5',
  audit: 'M4 2h8v12H4zM6 5h4M6 8h4M6 11h2',
  menu: 'M2 4h12M2 8h12M2 12h12',
  copy: 'M5 5h8v9H5zM3 11V2h8',
  sun: 'M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v2M8 13v2M1 8h2M13 8h2',
} as const;

export type IconName = keyof typeof paths;

/** Filled, where the shape is the sign. */
const filled: ReadonlySet<IconName> = new Set(['dot', 'triangle', 'square', 'diamond']);

export function Icon({ name }: { readonly name: IconName }) {
  const fill = filled.has(name) ? 'currentColor' : 'none';
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill={fill}
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
