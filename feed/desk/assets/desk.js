// The desk works without this: it adds a live preview, shortcuts, and drafts that outlast a closed tab.
