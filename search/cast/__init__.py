"""Who is in the news: recognise (find mentions) → resolve (same actor in a document) → link (across documents)."""
