/** What surrounds every page: name, navigation, language, display, footer. */
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { languages } from "#words/web/languages.js";
import { type Display, keepDisplay, readDisplay, textSizes, themes } from "./display.js";
import { Link } from "./link.js";
import { Logo } from "./logo.js";
import { RadioGroup } from "./radio-group.js";
import { Select } from "./select.js";
import { useLanguage, useWords } from "./words.js";

const places = [
  { href: "/", word: "elections", match: /^\/($|board)/ },
  { href: "/my-vote", word: "myVote", match: /^\/my-vote/ },
  { href: "/verify", word: "verify", match: /^\/verify/ },
  { href: "/me", word: "me", match: /^\/(me|sign-in|join|confirm|key)/ },
] as const;

export function Frame({ children }: { children: ReactNode }) {
  const words = useWords();
  const [path] = useLocation();
  return (
    <>
      <a className="skip" href="#main">
        {words.common.skip}
      </a>
      <header className="frame-header">
        <div className="frame-inner">
          <a className="brand" href="/">
            <Logo />
            <span>{words.common.name}</span>
          </a>
          <nav aria-label={words.common.mainNavigation}>
            <ul>
              {places.map(({ href, word, match }) => (
                <li key={href}>
                  <Link href={href} current={match.test(path)}>
                    {words.common[word]}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <Settings />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="frame-footer">
        <div className="frame-inner">
          <p>{words.common.footer}</p>
          <p className="quiet">{words.common.notBinding}</p>
          <ul>
            <li>
              <a href="/check">{words.common.secondDevice}</a>
            </li>
            <li>
              <Link href="/console">{words.common.officers}</Link>
            </li>
            <li>
              <Link href="/trustee">{words.common.trustees}</Link>
            </li>
          </ul>
        </div>
      </footer>
    </>
  );
}

/** Language, always in sight; colours and text size behind one button. */
export function Settings() {
  const words = useWords();
  const { language, setLanguage } = useLanguage();
  return (
    <div className="settings">
      <Select
        label={words.common.language}
        hideLabel
        value={language}
        onChange={(tag) => setLanguage(tag as typeof language)}
        options={languages.map(({ tag, name }) => ({ value: tag, label: name, lang: tag }))}
      />
      <DisplaySettings />
    </div>
  );
}

function DisplaySettings() {
  const words = useWords();
  const [display, setDisplay] = useState<Display>(readDisplay);
  const change = (changed: Partial<Display>) => {
    const next = { ...display, ...changed };
    keepDisplay(next);
    setDisplay(next);
  };
  const { common } = words;
  const themeNames = {
    auto: common.themeAuto,
    light: common.themeLight,
    dark: common.themeDark,
    contrast: common.themeContrast,
  };
  const sizeNames = {
    normal: common.textNormal,
    large: common.textLarge,
    larger: common.textLarger,
    largest: common.textLargest,
  };
  return (
    <details className="display">
      <summary>{common.display}</summary>
      <div className="display-panel">
        <RadioGroup
          label={common.theme}
          value={display.theme}
          onChange={(theme) => change({ theme: theme as Display["theme"] })}
          options={themes.map((value) => ({ value, label: themeNames[value] }))}
        />
        <RadioGroup
          label={common.textSize}
          value={display.text}
          onChange={(text) => change({ text: text as Display["text"] })}
          options={textSizes.map((value) => ({ value, label: sizeNames[value] }))}
        />
      </div>
    </details>
  );
}
