/** The name of the program and of the fleet. */

export function Brand({ fleet }: { readonly fleet?: string | undefined }) {
  return (
    <a class="brand" href="/">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" fill="#12324a" />
        <path d="M5 21c5 0 5-10 11-10s6 10 11 10" fill="none" stroke="#7fd1c7" stroke-width="3" />
        <circle cx="5.500" cy="21" r="2.500" fill="#fff" />
        <circle cx="26.500" cy="21" r="2.500" fill="#fff" />
      </svg>
      Towline
      {fleet === undefined ? null : <span class="fleet">{fleet}</span>}
    </a>
  );
}
