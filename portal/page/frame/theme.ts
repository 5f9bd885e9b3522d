/** Light, dark, or as the system has it: kept in this browser. */
import { signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const key = 'towline-theme';
const order: readonly Theme[] = ['auto', 'light', 'dark'];

export const theme = signal<Theme>('auto');

export function readTheme(): void {
  const kept = localStorage.getItem(key);
  show(order.find(one => one === kept) ?? 'auto');
}

export function nextTheme(): void {
  const next = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'auto';
  localStorage.setItem(key, next);
  show(next);
}

function show(next: Theme): void {
  theme.value = next;
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
}
