/** Reads QR codes in JavaScript. A file of its own: only browsers without a reader load it, with the first scan. */
import { decodeQR } from "qr/decode.js";
import type { Reader } from "./qr-reader.js";

/** How long one picture may be searched: long enough for a dense code on a slow phone, short enough to stay fluent. */
const searchMs = 120;

export function loadedReader(): Reader {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser draws nothing");
  return async (screen) => {
    const { videoWidth: width, videoHeight: height } = screen;
    if (width === 0 || height === 0) return undefined;
    canvas.width = width;
    canvas.height = height;
    context.drawImage(screen, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    try {
      return decodeQR({ width, height, data }, { format: "RGBA", timeLimit: searchMs });
    } catch {
      // It says by an error that there is no code in the picture.
      return undefined;
    }
  };
}
