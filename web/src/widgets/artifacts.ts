/** Ids of artifacts: the hash of the content and an extension. */

const ID = /^[0-9a-f]{64}\.[a-z0-9]+$/;
const PICTURE = /\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif)$/i;
const SOUND = /\.(?:wav|mp3|flac|ogg|m4a|opus)$/i;
const VIDEO = /\.(?:mp4|webm|mov|mkv|avi)$/i;

export function isArtifactId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** Whether a file name or artifact id is that of a video. */
export function isVideoName(name: string): boolean {
  return VIDEO.test(name);
}

/** Whether a file name or artifact id is that of a picture. */
export function isPictureName(name: string): boolean {
  return PICTURE.test(name);
}

/** The node that loads an artifact. */
export function loaderOf(artifact: string): { type: string; params: Record<string, string> } {
  if (SOUND.test(artifact)) return { type: "audio.load", params: { audio: artifact } };
  return isVideoName(artifact)
    ? { type: "video.load", params: { video: artifact } }
    : { type: "image.load", params: { image: artifact } };
}
