import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantrypilot.modelling.batching import encode_prompt
from pantrypilot.modelling.tokenizer import PHRASES, SPECIAL, train_tokenizer


def test_any_text_comes_back_from_its_tokens(tokenizer):
    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=40) | st.sampled_from(["10. x\n- y", " crème  brûlée ", "🍲\n-\n1.", "Recipe:Recipe:"]))
    def check(text):
        assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text

    check()


@pytest.mark.parametrize("phrase", [*PHRASES, *SPECIAL])
def test_a_header_is_one_token(tokenizer, phrase):
    assert len(tokenizer.encode(phrase, add_special_tokens=False)) == 1


def test_padding_is_token_zero_and_the_end_token_ends(tokenizer):
    assert tokenizer.encode("<|pad|>") == [0]
    assert tokenizer.eos_token_ids == {tokenizer.encode("<|end|>")[0]}


def test_the_chat_template_extends_the_prompt(chat_rows, tokenizer):
    for row in chat_rows[:10]:
        prompt = encode_prompt(row["messages"][:-1], tokenizer)
        whole = tokenizer.apply_chat_template(row["messages"], return_dict=False)
        assert whole[: len(prompt)] == prompt
        assert len(whole) > len(prompt)


def test_the_same_texts_give_the_same_tokenizer(chat_rows, tokenizer_files):
    texts = [m["content"] for row in chat_rows for m in row["messages"]]
    assert train_tokenizer(texts, 340, 512) == tokenizer_files


def test_texts_that_cannot_fill_the_vocabulary_are_refused_with_a_remedy():
    with pytest.raises(ValueError, match=r"lower pretraining\.tokenizer\.vocabulary_size"):
        train_tokenizer(["rice"], 1000, 512)
