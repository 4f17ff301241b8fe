/** The dialog in which the mask of a node is painted; the param becomes the uploaded mask. */
import { ImageOff } from "lucide-react";
import { useState } from "react";
import { artifactUrl } from "@/api/client";
import { setParam } from "@/graph/commands";
import { dispatch, useParamValue, useTab } from "@/store/editor";
import { useActiveRun, useNodeRuns } from "@/store/runs";
import { closeDialog } from "@/store/ui";
import { text } from "@/strings";
import { Dialog } from "@/ui/Dialog";
import { EmptyState } from "@/ui/EmptyState";
import { ProblemView } from "@/ui/ProblemView";
import { Skeleton } from "@/ui/Skeleton";
import { isArtifactId } from "./artifacts";
import { MaskPainter } from "./mask/MaskPainter";
import { picturesFor, type Picture } from "./mask/pictures";
import { useLoadedImage } from "./mask/useLoadedImage";
import { useUpload } from "./useUpload";

const words = text.widgets.painter;

export interface MaskDialogProps {
  nodeId: string;
  param: string;
  /** The artifact to paint on; empty for the picture that the mask will be used with. */
  image: string;
}

export function MaskDialog({ nodeId, param, image }: MaskDialogProps) {
  const doc = useTab((tab) => tab.doc);
  const runs = useNodeRuns(useActiveRun()?.id ?? null);
  const value = useParamValue(nodeId, param);
  const mask = isArtifactId(value) ? value : null;
  const known = picturesFor(doc, nodeId, runs);
  const pictures: readonly Picture[] = [
    ...(image !== "" && !known.some(({ id }) => id === image) ? [{ id: image, title: words.picture }] : []),
    ...known,
    // Without any other, the mask itself shows where it can be changed.
    ...(known.length === 0 && image === "" && mask !== null ? [{ id: mask, title: words.maskName }] : []),
  ];
  const [chosen, setChosen] = useState(image);
  const picture = pictures.find(({ id }) => id === chosen) ?? pictures[0];
  return (
    <Dialog open size="full" onOpenChange={closeDialog} title={words.title} description={words.hint} flush>
      {picture ? (
        <Painting
          nodeId={nodeId}
          param={param}
          mask={mask}
          pictures={pictures}
          picture={picture.id}
          onPicture={setChosen}
        />
      ) : (
        <EmptyState icon={ImageOff} title={words.noPicture} text={words.noPictureHint} />
      )}
    </Dialog>
  );
}

interface PaintingProps {
  nodeId: string;
  param: string;
  mask: string | null;
  pictures: readonly Picture[];
  picture: string;
  onPicture: (id: string) => void;
}

function Painting({ nodeId, param, mask, pictures, picture, onPicture }: PaintingProps) {
  const image = useLoadedImage(artifactUrl(picture));
  const base = useLoadedImage(mask && artifactUrl(mask));
  const upload = useUpload((id) => {
    dispatch(setParam(nodeId, param, id));
    closeDialog();
  });
  if (image === "failed" || image === null) {
    return (
      <div className="p-4">
        <ProblemView problem={{ message: words.unreadable, remedy: words.unreadableRemedy }} />
      </div>
    );
  }
  if (image === "loading" || base === "loading") return <Skeleton className="m-4 h-3/4" />;
  return (
    <MaskPainter
      key={picture}
      pictures={pictures}
      picture={image}
      pictureId={picture}
      onPicture={onPicture}
      base={base === "failed" ? null : base}
      saving={upload.share}
      onSave={(png) => void upload.start(png)}
      onCancel={closeDialog}
    />
  );
}
