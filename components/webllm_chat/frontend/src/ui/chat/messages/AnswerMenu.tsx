import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { Menu, MenuItem, MenuSeparator } from '../../Menu';
import { useServices } from '../../services';
import { useTexts } from '../../texts';
import { useModelManager } from '../../useModelManager';
import { IconButton } from '../controls/IconButton';

/** More models than this are found in the list of all, not in a menu. */
const MOST_MODELS = 5;

/** Other models that could answer the same question, instead or beside. Opens as it is made. */
export default function AnswerMenu(props: { message: Message<Note>; disabled: boolean }) {
  const words = useTexts().actions;
  const { chat } = useServices();
  const [open, setOpen] = useState(true);
  const models = useOtherModels(props.message.modelId);
  return (
    <Menu
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton label={words.more} disabled={props.disabled}>
          <Ellipsis aria-hidden size={16} />
        </IconButton>
      }
    >
      <MenuItem onSelect={() => void chat.compare(props.message.id)}>{words.compareSame}</MenuItem>
      {models.length > 0 && <MenuSeparator />}
      {models.map(({ model_id, name }) => (
        <MenuItem
          key={`again ${model_id}`}
          onSelect={() => void chat.regenerate(props.message.id, { modelId: model_id })}
        >
          {words.withModel(name)}
        </MenuItem>
      ))}
      {models.length > 0 && <MenuSeparator />}
      {models.map(({ model_id, name }) => (
        <MenuItem
          key={`beside ${model_id}`}
          onSelect={() => void chat.compare(props.message.id, { modelId: model_id })}
        >
          {words.compareWith(name)}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** Those that this device runs comfortably, best first. */
function useOtherModels(modelId: string | null) {
  const { engine } = useServices();
  const { availableModels } = useModelManager();
  const ladder = useStore(engine.state, ({ rungs }) => rungs);
  return ladder
    .filter((rung) => rung.modelId !== modelId)
    .flatMap((rung) => availableModels.find((model) => model.model_id === rung.modelId) ?? [])
    .slice(0, MOST_MODELS);
}
