import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useTexts } from '../../texts';
import { interfacePreferences } from '../settings/interface-preferences';

/**
 * An image of another server in an answer. Its address could carry the conversation away, so
 * nothing is fetched before the reader has seen where it goes and said yes, or allowed it for all.
 */
export function RemoteImage({ address, description }: { address: string; description: string }) {
  const words = useTexts().message;
  const allowedForAll = useStore(interfacePreferences, (state) => state.remoteImages);
  const [allowed, setAllowed] = useState(false);
  const [failed, setFailed] = useState(false);
  const host = hostOf(address);
  if (host === null) return <span>{description}</span>;
  if (failed) {
    return (
      <span className="text-muted">
        {description} ({words.imageFailed})
      </span>
    );
  }
  if (allowed || allowedForAll) {
    return (
      <img
        src={address}
        alt={description}
        referrerPolicy="no-referrer"
        loading="lazy"
        onError={() => setFailed(true)}
      />
    );
  }
  return (
    <span className="remote-image">
      <ImageOff aria-hidden size={16} />
      <span>
        {description && <span className="font-medium">{description} · </span>}
        {words.image(host)}
      </span>
      <button
        type="button"
        className="button"
        title={words.loadImageHelp(address)}
        onClick={() => setAllowed(true)}
      >
        {words.loadImage}
      </button>
    </span>
  );
}

function hostOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return protocol === 'https:' || protocol === 'http:' ? host : null;
  } catch {
    return null; // Without a scheme it would be a path of this app's own server.
  }
}
