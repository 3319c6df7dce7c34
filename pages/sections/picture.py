"""A chart on a page, with its words and where its figures are from."""

import streamlit as st

from webllm_app.charts import Picture
from webllm_app.markdown import literal


def show_picture(picture: Picture) -> None:
    st.markdown(f"#### {picture.title}")
    if picture.chart is None:
        st.write(literal(picture.text))
        return
    st.altair_chart(picture.chart)
    with st.expander("In words, and sources" if picture.sources else "In words"):
        st.write(literal(picture.text))
        if picture.sources:
            st.markdown("\n".join(f"- {source}" for source in picture.sources))
            st.caption(
                "Scores are of the unquantized models, and their makers measure differently: "
                "read them as orders of magnitude."
            )
