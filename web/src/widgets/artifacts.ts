/** Ids of artifacts: the hash of the content and an extension. */

const ID = /^[0-9a-f]{64}\.[a-z0-9]+$/;
const PICTURE = /\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif)$/i;

export function isArtifactId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** Whether a file name or artifact id is that of a picture. */
export function isPictureName(name: string): boolean {
  return PICTURE.test(name);
}
