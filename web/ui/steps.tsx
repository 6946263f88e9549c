/** Where one is: "Step 2 of 4" and the names of all steps. */
import { useWords } from "./words.js";

/** With more of them the names have no room beside one another; the page's title says where one is. */
const mostNames = 6;

export function Steps({ names, current }: { names: readonly string[]; current: number }) {
  const words = useWords();
  return (
    <nav
      className={names.length > mostNames ? "steps many" : "steps"}
      aria-label={words.common.stepOf(current + 1, names.length)}
    >
      <p className="steps-count">{words.common.stepOf(current + 1, names.length)}</p>
      <ol>
        {names.map((name, index) => (
          <li
            key={name}
            className={index < current ? "done" : index === current ? "current" : "next"}
            {...(index === current ? { "aria-current": "step" as const } : {})}
          >
            {name}
          </li>
        ))}
      </ol>
    </nav>
  );
}
