/**
 * What finds a QR code in a picture of the camera: the browser's own reader where there is one (most phones), else one in
 * JavaScript, which is loaded only then. What was read is untrusted text either way.
 */

/** The text of the code that is before the camera now, if one can be read. */
export type Reader = (screen: HTMLVideoElement) => Promise<string | undefined>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Some browsers have the class and no reader behind it: they name no format. */
async function ownReader(): Promise<Reader | undefined> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  const formats: readonly string[] | undefined = await BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (BarcodeDetector === undefined || !formats?.includes("qr_code")) return undefined;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (screen) => (await detector.detect(screen))[0]?.rawValue;
}

/** How long one picture may be searched: long enough for a dense code on a slow phone, short enough to stay fluent. */
const searchMs = 120;

async function loadedReader(): Promise<Reader> {
  const { decodeQR } = await import("qr/decode.js");
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

export const qrReader = async (): Promise<Reader> => (await ownReader()) ?? (await loadedReader());
