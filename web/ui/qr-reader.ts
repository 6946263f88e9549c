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

export async function qrReader(): Promise<Reader> {
  const own = await ownReader();
  return own ?? (await import("./qr-decoder.js")).loadedReader();
}
