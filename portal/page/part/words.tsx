/** Words that a person reads, with commands in them as Markdown marks them. */

/** @param text from anywhere: what stands between backticks is set as code, and nothing else is read into it */
export function Words({ text }: { readonly text: string }) {
  const parts = text.split('`');
  // A backtick without its other one is a letter like any.
  if (parts.length < 3 || parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>;
}
