/** Styles that come with a chart or a terminal: the document names their files. */

export function needStyle(name: 'chart' | 'terminal'): void {
  const href = document.documentElement.dataset[name];
  if (href === undefined || document.querySelector(`link[href="${href}"]`) !== null) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  document.head.append(link);
}
