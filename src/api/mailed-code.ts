/** Known to the server and to the page that asks for the code. */

/** How long a mailed code and link work, and after how many wrong codes they are dead (row R-10). */
export const mailedCode = { minutes: 10, tries: 5 } as const;
