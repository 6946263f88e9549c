/** The start of the site: the words of the chosen language and the room of this address, at the same time; then the page. */
import { createRoot } from "react-dom/client";
import "./ui/base.css";
import { App, roomLoaded } from "./routes.js";
import { applyDisplay } from "./ui/display.js";
import { initialLanguage, loadWords, WordsProvider } from "./ui/words.js";

applyDisplay();
const language = initialLanguage();
const [words] = await Promise.all([loadWords(language), roomLoaded(location.pathname)]);
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <WordsProvider language={language} words={words}>
      <App />
    </WordsProvider>,
  );
