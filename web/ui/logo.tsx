/** A pebble: what Greeks voted with. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        className="logo-stone"
        d="M16.4 3.5c7.6-.6 12.6 4.6 12.4 11.7-.2 7.6-5.9 13.3-13.6 13.3C8.3 28.5 3.200 23.900 3.200 17.200 3.200 10 9 4.100 16.400 3.500Z"
      />
      <path
        className="logo-light"
        d="M10.200 10.700c2.200-2.500 5.300-3.700 7.800-3.400 1.200.2 1.300 1.300.2 1.700-2.700.8-4.900 2.200-6.500 4.200-1 1.200-2.900-.9-1.500-2.500Z"
      />
    </svg>
  );
}
