/** Colours and text size, as chosen on this device. Kept as attributes of the root element; base.css does the rest. */

export const themes = ["auto", "light", "dark", "contrast"] as const;
export type Theme = (typeof themes)[number];
export const textSizes = ["normal", "large", "larger", "largest"] as const;
export type TextSize = (typeof textSizes)[number];

export interface Display {
  readonly theme: Theme;
  readonly text: TextSize;
}

const storageKey = "psephos-display";

export function readDisplay(): Display {
  const [theme, text] = (localStorage.getItem(storageKey) ?? "").split(" ");
  return {
    theme: themes.find((each) => each === theme) ?? "auto",
    text: textSizes.find((each) => each === text) ?? "normal",
  };
}

export function applyDisplay(display: Display = readDisplay()): void {
  document.documentElement.dataset.theme = display.theme;
  document.documentElement.dataset.text = display.text;
}

export function keepDisplay(display: Display): void {
  localStorage.setItem(storageKey, `${display.theme} ${display.text}`);
  applyDisplay(display);
}
