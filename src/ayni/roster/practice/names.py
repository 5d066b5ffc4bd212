"""Names for people who do not exist.

Given names are ordinary ones. Surnames are made up from words of the land, so that a practice list reads like a list of
people and yet nobody on it can be taken for somebody: none of the surnames is meant to be a family's real name.
"""

from __future__ import annotations

from collections.abc import Mapping

Names = tuple[str, ...]


def _listed(text: str) -> Names:
    """The names of a text, separated by commas, over as many lines as it takes."""
    return tuple(" ".join(name.split()) for name in text.split(","))


_CR_FEMALE = _listed(
    """
    Ana Lucía, Andrea, Ángela, Aurora, Beatriz, Brenda, Carmen, Cecilia, Cindy, Damaris, Daniela, Dinia, Doris,
    Elena, Emilia, Esmeralda, Estefanía, Fabiola, Flor, Floribeth, Gabriela, Giselle, Graciela, Hannia, Ileana,
    Inés, Isabel, Jacqueline, Jeannette, Karla, Kattia, Lidieth, Lilliana, Lorena, Luz Marina, Marcela, Margarita,
    María Elena, María José, Maritza, Marlene, Melissa, Mireya, Natalia, Nidia, Noemy, Olga, Patricia, Paula,
    Raquel, Rosa, Roxana, Sandra, Silvia, Sofía, Sonia, Tatiana, Teresita, Valeria, Vera, Virginia, Xinia,
    Yamileth, Zaida
    """
)
_CR_MALE = _listed(
    """
    Abel, Adrián, Alberto, Alexánder, Álvaro, Andrés, Ángel, Arnoldo, Asdrúbal, Bernal, Bolívar, Carlos, Cristian,
    Danilo, David, Diego, Eduardo, Efraín, Elías, Emilio, Esteban, Fabio, Fabián, Félix, Fernando, Francisco,
    Freddy, Gerardo, Gilberto, Greivin, Guillermo, Henry, Hernán, Ignacio, Isaac, Javier, Jesús, Joaquín, Jorge,
    José Luis, Juan Carlos, Julio, Keilor, Leonel, Luis, Manuel, Marco, Mario, Martín, Mauricio, Minor, Moisés,
    Nelson, Óscar, Pablo, Rafael, Ramiro, Randall, Ricardo, Rodolfo, Rónald, Santiago, Ulises, Víctor, Warner,
    William
    """
)
_CR_SURNAMES = _listed(
    """
    Aguabuena, Altocampo, Amapolar, Arrayales, Bajocerro, Balcones, Bellacumbre, Brisal, Cafetales, Camponuevo,
    Cañaverde, Carrizalejo, Cascajales, Cedralta, Cerroluna, Cielobajo, Cumbresol, Dulcemonte, Encinalba,
    Farallar, Floralta, Fuentelarga, Granadal, Guayabalta, Helechales, Hojaverde, Hondonal, Ibarral, Jícaral,
    Lagunalta, Llanobrisa, Lomalinda, Lucernal, Madroñal, Mielverde, Montealba, Montesol, Neblinares, Nochebuenal,
    Ojoclaro, Palmaseca, Peñaluz, Peñarrosa, Piedrabrisa, Pinalejo, Quebradal, Quijongal, Ranchoverde, Riocampo,
    Riolindo, Robledal, Sabanales, Salitrera, Selvabaja, Solcampo, Tabacales, Tierralta, Tresrobles, Urrocal,
    Valdehoja, Valleluz, Veranales, Vientosur, Yerbabuenal, Zarzales
    """
)
_CR_PLACES = _listed(
    """
    Alto del Colibrí, Bajo Neblina, Cerro Manso, El Almácigo, La Fila, Las Brisas, Llano Grande de Arriba,
    Quebrada Clara, Tres Higuerones
    """
)

_AR_FEMALE = _listed(
    """
    Alejandra, Alicia, Analía, Andrea, Antonia, Azucena, Beatriz, Belén, Camila, Carina, Carolina, Cecilia,
    Celeste, Claudia, Daiana, Débora, Delia, Elba, Elsa, Emilse, Eugenia, Fátima, Florencia, Gladys, Graciela,
    Griselda, Haydée, Irma, Jimena, Josefina, Juana, Julieta, Karina, Laura, Liliana, Lorena, Lucía, Luján, Mabel,
    Macarena, Malena, Marcela, María Inés, María Luz, Mariela, Marta, Micaela, Milagros, Mirta, Nélida, Noelia,
    Norma, Ofelia, Paola, Ramona, Rocío, Romina, Rosario, Silvia, Soledad, Stella Maris, Susana, Teresa, Verónica,
    Viviana, Yanina, Zulma
    """
)
_AR_MALE = _listed(
    """
    Agustín, Alfredo, Ángel, Ariel, Braian, Carlos, Cristian, Damián, Daniel, Darío, Emanuel, Enzo, Ernesto,
    Ezequiel, Facundo, Federico, Fernando, Franco, Gastón, Gonzalo, Gustavo, Héctor, Horacio, Hugo, Iván, Joaquín,
    Jorge, José María, Juan Cruz, Julián, Lautaro, Leandro, Leonel, Luciano, Marcelo, Mariano, Martín, Matías,
    Mauro, Maximiliano, Néstor, Nicolás, Norberto, Omar, Osvaldo, Pablo, Ramón, Raúl, Roberto, Rodrigo, Rubén,
    Santiago, Sebastián, Sergio, Tomás, Walter
    """
)
_AR_SURNAMES = _listed(
    """
    Aguaclarán, Alamedal, Altollano, Arroyal, Bañadero, Barrancal, Brisaspampa, Caldenal, Campolargo, Cañadales,
    Cardalejo, Ceibales, Cerrosol, Chañarín, Cortaderal, Costarroyo, Cuestalar, Dunales, Espinillar, Esterales,
    Flechillar, Fontanares, Gramillar, Hornerales, Isletal, Jacarandal, Jarillal, Juncalejo, Lagunares, Lapachal,
    Llanosur, Lomaparda, Mataojal, Médanos, Mistolar, Montellano, Ñandubay, Ombuzal, Pajonales, Palmeral,
    Pampaluz, Pastizal, Pedregales, Quebrachal, Quillayes, Retamales, Riosauce, Salitral, Saucedal, Sierraluz,
    Talares, Tamarisco, Tierraparda, Totorales, Trebolar, Tunales, Vadolargo, Valleparra, Vertientes, Vientopampa,
    Yuyal, Zanjones
    """
)
_AR_PLACES = _listed(
    """
    Barrio El Ceibo, Barrio Las Retamas, Barrio Sur, Costa del Arroyo, El Talar Chico, La Vía, Loma Parda, Villa
    Horneros
    """
)

GIVEN_NAMES: Mapping[str, Mapping[str, Names]] = {
    "CR": {"female": _CR_FEMALE, "male": _CR_MALE},
    "AR": {"female": _AR_FEMALE, "male": _AR_MALE},
}
SURNAMES: Mapping[str, Names] = {"CR": _CR_SURNAMES, "AR": _AR_SURNAMES}
PLACES: Mapping[str, Names] = {"CR": _CR_PLACES, "AR": _AR_PLACES}
