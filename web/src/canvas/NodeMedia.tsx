/** The pictures and sounds of a node, edge to edge: the live preview while it runs, then what it made. */
import { artifactUrl, thumbnailUrl } from "@/api/client";
import { mediaColumns } from "@/graph/measure";
import { useTab } from "@/store/editor";
import { usePreview } from "@/store/previews";
import { useNodeRun } from "@/store/runs";
import { openDialog } from "@/store/ui";
import { text } from "@/strings";
import { VideoView } from "@/widgets/value/VideoView";
import { lastPictures } from "./facts";
import { isSound, picturesIn, type Picture } from "./pictures";

const THUMBNAIL = 512;

interface NodeMediaProps {
  id: string;
  title: string;
  place: { y: number; height: number };
}

export function NodeMedia({ id, title, place }: NodeMediaProps) {
  const tab = useTab((tab) => tab.id);
  const shown = useTab((tab) => tab.runs);
  const run = useNodeRun(id);
  const preview = usePreview(id);
  const made = run === undefined ? [] : picturesIn(run.outputs);
  const pictures = made.length > 0 ? made : lastPictures(tab, id);
  const live = preview !== undefined && made.length === 0;
  const waiting = !live && made.length === 0 && (run?.state === "queued" || run?.state === "running");
  const seen = pictures.filter((picture) => !isSound(picture.artifact));
  const open = (picture: Picture) =>
    openDialog({
      kind: "lightbox",
      index: seen.indexOf(picture),
      images: seen.map((each) => lightboxImage(each, title, id, shown)),
    });
  return (
    <div className="node-media" style={{ top: place.y, height: place.height }} data-waiting={waiting ? "" : undefined}>
      {live ? (
        <img
          className="size-full object-contain"
          src={preview}
          alt={text.canvas.preview}
          draggable={false}
          data-preview=""
        />
      ) : (
        <div
          className="grid size-full gap-px"
          style={{ gridTemplateColumns: `repeat(${mediaColumns(pictures.length)}, minmax(0, 1fr))` }}
        >
          {pictures.map((picture, index) => (
            <PictureView
              key={picture.artifact.id}
              picture={picture}
              label={text.canvas.openPicture(index + 1, pictures.length)}
              onOpen={() => open(picture)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function PictureView({ picture, label, onOpen }: { picture: Picture; label: string; onOpen: () => void }) {
  const { id, mime } = picture.artifact;
  if (mime.startsWith("video/")) {
    return <VideoView address={artifactUrl(id)} poster={thumbnailUrl(id, THUMBNAIL)} className="size-full min-h-0" />;
  }
  if (isSound(picture.artifact)) {
    return (
      <div className="flex min-h-0 items-center bg-sunken px-2 nodrag nopan">
        <audio controls src={artifactUrl(id)} aria-label={text.widgets.value.audio} className="w-full" />
      </div>
    );
  }
  return (
    <button type="button" className="min-h-0 cursor-zoom-in" aria-label={label} onClick={onOpen}>
      <img
        className="size-full object-contain"
        src={thumbnailUrl(id, THUMBNAIL)}
        alt=""
        draggable={false}
        data-artifact={id}
      />
    </button>
  );
}

function lightboxImage(picture: Picture, title: string, node: string, run: string | null) {
  const { id, mime } = picture.artifact;
  return { artifact: id, mime, title, node, summary: picture.summary, ...(run !== null && { run }) };
}
