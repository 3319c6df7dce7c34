import { Content, Item, Portal, Root, Separator, Trigger } from '@radix-ui/react-dropdown-menu';
import { type ReactNode, useCallback, useState } from 'react';

/** A button's menu: arrow keys, letters, Escape, and the focus back on the button. */
export function Menu(props: {
  trigger: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}) {
  const { trigger, children, ...state } = props;
  // Where it stands nothing may cut it off, as a list that scrolls would: in the landmark that it
  // belongs to, or in its dialog, since the rest of the page cannot be reached meanwhile.
  const [container, setContainer] = useState<Element | null>(null);
  const findContainer = useCallback((button: Element | null) => {
    setContainer(button?.closest('dialog, nav, main') ?? null);
  }, []);
  return (
    <Root modal={false} {...state}>
      <Trigger ref={findContainer} asChild>
        {trigger}
      </Trigger>
      <Portal container={container}>
        <Content className="menu" align="start" sideOffset={4} collisionPadding={8} loop>
          {children}
        </Content>
      </Portal>
    </Root>
  );
}

export function MenuItem(props: { onSelect: () => void; tone?: 'bad'; children: ReactNode }) {
  return (
    <Item
      className={`menu-item ${props.tone === 'bad' ? 'text-bad' : ''}`}
      onSelect={props.onSelect}
    >
      {props.children}
    </Item>
  );
}

export function MenuSeparator() {
  return <Separator className="my-1 h-px bg-line" />;
}
